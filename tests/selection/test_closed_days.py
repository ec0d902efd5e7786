"""The results are announced on working days alone: letters and mails leave with them."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.letters import ClosedDay, letters_of
from app.correspondence.models import Mail
from app.db import db
from app.programmes.models import Call
from app.projects.models import Project
from app.schedule.models import Work
from app.schedule.work import run_next
from app.selection import operations
from app.web.manifest import brought
from tests.reading import text_of

FRIDAY = datetime(2023, 4, 28, 23, 59, tzinfo=JST)
SATURDAY = datetime(2023, 4, 29, 10, 0, tzinfo=JST)  # and 昭和の日; Monday is the first open day
MONDAY = datetime(2023, 5, 1, 10, 0, tzinfo=JST)


@pytest.fixture
def decided(call, apply, record, director, at) -> Call:
    record(apply("白石市"), True)
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    return call


def nothing_was_announced(call_id: int) -> bool:
    waiting = {letter.state for letter in letters_of()} == {"approved"}
    mails = db.session.scalars(select(Mail).where(Mail.about_kind == "letter")).all()
    untold = db.session.scalar(select(Project)) is None and not mails
    return db.session.get_one(Call, call_id).state == "decided" and waiting and untold


def test_an_announcement_on_a_closed_day_is_refused_and_the_next_working_day_is_named(
    decided, officer, sign_in_as, move_clock
):
    move_clock(SATURDAY)
    office, _ = sign_in_as(tenure=officer)
    address = f"/calls/{decided.id}/announcement"
    asked = office.get(address)
    assert asked.status_code == 200
    assert "閉庁日" in text_of(asked) and "令和5年5月1日（月）" in text_of(asked)
    assert '<form method="post">' not in text_of(asked)
    refused = office.post(address)
    assert refused.status_code == 409
    assert "令和5年5月1日（月）" in text_of(refused) and "白石市" in text_of(refused)
    assert db.session.scalar(select(Work)) is None
    assert nothing_was_announced(decided.id)
    move_clock(MONDAY)
    assert office.post(address).status_code == 302


def test_what_was_queued_on_friday_night_is_not_announced_on_saturday(
    decided, officer, sign_in_as, move_clock
):
    move_clock(FRIDAY)
    office, _ = sign_in_as(tenure=officer)
    page = office.post(f"/calls/{decided.id}/announcement").headers["Location"]
    move_clock(SATURDAY)
    run_next(brought("work"), SATURDAY)
    work = db.session.scalars(select(Work)).one()
    assert work.progress_state == "failed"
    assert "閉庁日のため、公表していません" in text_of(office.get(page))
    assert nothing_was_announced(decided.id)
    move_clock(MONDAY)
    office.post(f"/calls/{decided.id}/announcement")
    run_next(brought("work"), MONDAY)
    assert db.session.get_one(Call, decided.id).state == "announced"
    assert {letter.issued_on for letter in letters_of()} == {MONDAY.date()}


def test_no_release_leads_out_on_a_closed_day(decided, officer):
    with pytest.raises(ClosedDay):
        operations.release(decided, actor=officer, at=SATURDAY)
