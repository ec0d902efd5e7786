"""What bodies wish for the time after support: asked with the first mail about the end, changed until its day, no duty."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.jobs import run_daily
from app.wishes.form import COUNCIL, MAGAZINE, NO, YES
from app.wishes.models import Wish
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of

LAST_DAY = datetime(2023, 3, 31, 17, 0, tzinfo=JST)  # a Friday: the letter goes out on it


def on(month: int, day: int, year: int = 2023) -> datetime:
    return datetime(year, month, day, 9, 0, tzinfo=JST)


@pytest.fixture
def ending(app):
    """A project of two bodies whose support ends on 31 March 2023."""
    call = factories.call(selection_fy=2018, base_years=5)
    bodies = [factories.organisation("岩見沢市"), factories.organisation("更別村")]
    made = factories.project(bodies, call=call, title="雪道の見守り", created_at=on(4, 1, 2022))
    db.session.commit()
    return made


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(version|form_version)"[^>]*value="(\d*)"', page))


def said(client, project, **answers):
    address = f"/projects/{project.id}/wishes/edit"
    return client.post(address, data={**hidden(client.get(address).text), **answers})


def test_a_body_says_what_it_wishes_changes_it_and_the_office_reads_it(ending, sign_in_as):
    editor = sign_in_as(tenure=holder("municipality_editor", ending.lead))[0]
    own = f"/projects/{ending.id}/wishes"
    page = words_of(editor.get(own))
    assert "必要な手続はありません" in page and "令和5年3月31日" in page and "協議会へ" not in page
    assert db.session.scalar(select(Wish.id)) is None, "it is not made by looking"
    assert "支援終了後の希望を登録する" not in words_of(editor.get("/")), "nobody is chased"
    assert said(editor, ending, magazine=YES, council=YES).status_code == 302
    assert said(editor, ending, magazine=NO, council=YES, remarks="規約を見直す。").status_code == 302
    wish = db.session.scalars(select(Wish)).one()
    assert (wish.magazine, wish.council, wish.invitation, wish.reapplying) == (False, True, None, None)
    other = sign_in_as(tenure=holder("municipality_editor", ending.bodies[1]))[0]
    assert "規約を見直す。" not in words_of(other.get(own)), "each body's own"
    officer = sign_in_as("officer")[0]
    page = words_of(officer.get(own))
    assert "規約を見直す。" in page and f"/projects/{ending.id}/council" in page
    assert ending.id not in db.session.scalars(select(HistoryEntry.subject_id).where(HistoryEntry.subject_kind == "council")).all()  # fmt: skip
    listed = words_of(officer.get(f"/wishes?wish={COUNCIL}&ends=2022"))
    assert "岩見沢市" in listed and "更別村" not in listed
    assert "岩見沢市" not in words_of(officer.get(f"/wishes?wish={MAGAZINE}"))
    assert "規約を見直す。" in words_of(officer.get("/wishes?format=csv"))


def test_the_form_may_be_sent_empty(ending, sign_in_as):
    editor = sign_in_as(tenure=holder("municipality_editor", ending.lead))[0]
    assert said(editor, ending).status_code == 302
    assert db.session.scalars(select(Wish)).one().said_at is None
    assert "岩見沢市" not in words_of(sign_in_as("officer")[0].get("/wishes")), "nothing was said"


def test_it_is_open_from_the_first_mail_to_the_day_of_the_letter_and_keeps_what_comes_too_late(
    ending, sign_in_as, move_clock
):
    address = f"/projects/{ending.id}/wishes/edit"
    editor = sign_in_as(tenure=holder("municipality_editor", ending.lead))[0]
    for moment, is_open in ((on(10, 2, 2022), False), (on(10, 3, 2022), True), (LAST_DAY, True)):
        move_clock(moment)
        editor = sign_in_as(tenure=holder("municipality_editor", ending.lead))[0]
        assert (editor.get(address).status_code == 200) is is_open, moment
    entries = hidden(editor.get(address).text)
    move_clock(on(4, 1))
    editor = sign_in_as(tenure=holder("municipality_editor", ending.lead))[0]
    answer = editor.post(address, data={**entries, "remarks": "遅れて書いた希望"})
    assert answer.status_code == 409 and "遅れて書いた希望" in words_of(answer)
    assert db.session.scalars(select(Wish)).one().said_at is None


def test_a_project_whose_end_may_still_move_or_that_goes_on_is_not_asked(app, sign_in_as):
    extendable = factories.project(call=factories.call(selection_fy=2020, base_years=3, extension_years=2))
    goes_on = factories.project()
    db.session.commit()
    for project in (extendable, goes_on):
        editor = sign_in_as(tenure=holder("municipality_editor", project.lead))[0]
        assert editor.get(f"/projects/{project.id}/wishes/edit").status_code == 302
        assert "/wishes" not in words_of(editor.get(f"/projects/{project.id}"))


def test_the_mails_about_the_end_speak_of_it_once_and_no_other_does(ending, move_clock):
    for moment in (on(9, 30, 2022), on(10, 3, 2022), on(1, 4), on(3, 1)):
        move_clock(moment)
        run_daily(moment.date())
    mails = db.session.scalars(select(Mail).where(Mail.organisation_id == ending.lead.id)).all()
    about = [it for it in mails if f"/projects/{ending.id}/wishes" in it.body]
    assert len(about) == 3 and all(it.subject.startswith("【手続不要】") for it in about)
    assert all(re.sub(r"\n　*", "", it.body).count("3月31日までお知らせいただけます") == 1 for it in about)
    assert date(2023, 3, 31) == LAST_DAY.date()
