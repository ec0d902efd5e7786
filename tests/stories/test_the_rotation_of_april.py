"""On 1 April people change: each body of a supported project is asked, answers, and what changed is entered."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.jobs import run_daily
from app.reporting.portfolio import standing
from app.rotation.models import SeatCheck
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of

FIRST = datetime(2023, 4, 3, 9, 0, tzinfo=JST)  # the Monday after Saturday 1 April


@pytest.mark.tells("seat_check.confirm", "seat_check.report", "seat_check.settle")
def test_one_body_confirms_another_reports_a_change_and_a_third_is_silent(app, at, move_clock, sign_in_as):
    names = ("岩見沢市", "更別村", "会津若松市")
    bodies = [factories.organisation(name) for name in names]
    for body in bodies:
        factories.project([body], opened_on=at.date())
        holder("municipality_editor", body)
    factories.project([factories.organisation("府中市")], state="ended")
    admin = holder("administrator")
    db.session.commit()
    assert run_daily(datetime(2023, 3, 31, 9, 0, tzinfo=JST).date())["ask_for_seats"] == {"asked": 0}
    move_clock(FIRST)
    assert run_daily(FIRST.date())["ask_for_seats"] == {"asked": 3}
    assert run_daily(FIRST.date())["ask_for_seats"] == {"asked": 0}, "each is asked once"
    checks = {it.organisation.name: it for it in db.session.scalars(select(SeatCheck))}
    assert set(checks) == set(names)
    mails = db.session.scalars(select(Mail).where(Mail.about_kind == "seat_check")).all()
    assert len(mails) == 3 and all("担当者の確認" in it.subject for it in mails)

    first = sign_in_as(tenure=holder("municipality_editor", bodies[0]))[0]
    assert "貴団体の担当者を確認する" in words_of(first.get("/"))
    address = f"/seat-checks/{checks['岩見沢市'].id}"
    assert holder("municipality_editor", bodies[0]).person.name in words_of(first.get(address))
    first.post(f"{address}/confirmation")
    assert "貴団体の担当者を確認する" not in words_of(first.get("/"))
    of_body = words_of(first.get(f"/organisations/{bodies[0].id}"))
    assert f'href="{address}"' in of_body, "a change in May is reported from here"
    assert address not in words_of(first.get(f"/organisations/{bodies[1].id}"))

    second = sign_in_as(tenure=holder("municipality_editor", bodies[1]))[0]
    address = f"/seat-checks/{checks['更別村'].id}"
    assert second.post(f"{address}/report", data={"report": " "}).status_code == 422
    second.post(f"{address}/report", data={"report": "係長が見本 花子（hanako@example.jp）に替わりました。"})
    told = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert told.to_address == admin.seat.mailbox and "見本 花子" in told.body
    office = sign_in_as(tenure=admin)[0]
    assert "担当者の変更を登録する" in words_of(office.get("/"))
    assert 'href="/seat-checks"' in words_of(office.get("/organisations"))
    assert "見本 花子" in words_of(office.get(address))
    office.post(f"{address}/settlement")
    assert "担当者の変更を登録する" not in words_of(office.get("/"))
    assert first.get(address).status_code == 404, "a neighbour's is nobody else's"

    silent = checks["会津若松市"]
    later = datetime(2023, 4, 25, 9, 0, tzinfo=JST)
    assert silent.due_on < later.date()
    assert standing(later).late["seats"] == 1
    run_daily(later.date())
    subjects = db.session.scalars(
        select(Mail.subject).where(Mail.about_id == silent.id, Mail.about_kind == "seat_check")
    ).all()
    assert any(it.startswith("【再度の御依頼】") for it in subjects)
    states = {it.organisation.name: it.state for it in db.session.scalars(select(SeatCheck))}
    assert states == {"岩見沢市": "confirmed", "更別村": "settled", "会津若松市": "asked"}


def test_who_was_selected_since_april_is_asked_the_next_year(app, at, move_clock):
    factories.project([factories.organisation("岩見沢市")], created_at=datetime(2023, 4, 2, tzinfo=JST))
    db.session.commit()
    assert run_daily(FIRST.date())["ask_for_seats"] == {"asked": 0}
    assert run_daily(datetime(2024, 4, 1, 9, 0, tzinfo=JST).date())["ask_for_seats"] == {"asked": 1}


def test_a_standstill_through_april_is_caught_up_and_one_until_august_is_not(app, at):
    factories.project([factories.organisation("岩見沢市")], created_at=at)
    db.session.commit()
    assert run_daily(datetime(2023, 8, 1, 9, 0, tzinfo=JST).date())["ask_for_seats"] == {"asked": 0}
    assert run_daily(datetime(2023, 5, 15, 9, 0, tzinfo=JST).date())["ask_for_seats"] == {"asked": 1}
