"""Whom the system tells of an extension that can be asked for, and what it calls late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import calendar
from app.calendar import JST
from app.continuation import guidance, handing_in, reminders
from app.correspondence.letters import letters_of
from app.correspondence.models import Mail
from app.db import db
from app.jobs import run_daily
from app.permissions import APPROVER
from app.reporting.portfolio import standing
from tests import factories
from tests.factories.applications import holder


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=JST)


def _project(name: str, **values):
    body = factories.organisation(name)
    holder(APPROVER, body)
    return factories.project([body], opened_on=date(2025, 4, 11), **values)


def test_who_has_not_applied_is_reminded_until_it_lies_with_the_office(app, move_clock):
    move_clock(at(2027, 12, 1, 9))
    call = factories.call(code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced")
    silent, drafting, applied = (
        _project(name, call=call, created_at=at(2025, 4, 11, 9)) for name in ("黙市", "書市", "出市")
    )
    later = _project("後市", call=factories.call(selection_fy=2026, base_years=3, extension_years=2))
    factories.continuation(project=drafting)
    factories.continuation(project=applied, state="submitted")
    db.session.commit()
    subjects = {it.id for it in reminders.subjects(calendar.now())}
    assert subjects == {silent.id, drafting.id} and later.id not in subjects
    move_clock(at(2028, 1, 17, 9))  # 14 days before Monday 31 January
    run_daily(date(2028, 1, 17))
    told = db.session.scalars(
        select(Mail).where(Mail.key.contains("extension_asked") | Mail.subject.contains("継続申請の期限"))
    ).all()
    bodies = {it.to_name: it.body for it in told}
    assert set(bodies) == {silent.lead.full_name, drafting.lead.full_name}
    assert "作成中で、まだ提出されていません" in bodies[drafting.lead.full_name]
    assert "当初の支援期間の満了をもって支援を終了します" in bodies[silent.lead.full_name]


def test_what_waits_a_month_or_was_not_corrected_in_time_is_late(app):
    now = calendar.now()
    waiting = factories.continuation(state="submitted", at=now - timedelta(days=31))
    fresh = factories.continuation(state="submitted", at=now)
    returned = factories.continuation(state="returned", at=now - timedelta(days=20))
    asked = factories.change_request(state="submitted", at=now - timedelta(days=31))
    db.session.commit()
    late = set(db.session.scalars(reminders.late_projects(now)))
    assert late == {waiting.project, returned.project} and fresh.project not in late
    counted = standing(now).late
    assert (counted["continuation"], counted["change_request"]) == (2, 1) and asked.project not in late


def test_guidance_that_nobody_approved_in_time_is_discarded_and_not_drafted_again(app, move_clock):
    call = factories.call(code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced")
    project = _project("黙市", call=call)
    db.session.commit()
    assert guidance.draft_guidance(on=date(2027, 9, 30), at=at(2027, 9, 30, 9)) == 0
    assert guidance.draft_guidance(on=date(2027, 10, 1), at=at(2027, 10, 1, 9)) == 1
    assert guidance.draft_guidance(on=date(2028, 1, 31), at=at(2028, 1, 31, 9)) == 0, "each once"
    assert guidance.draft_guidance(on=date(2028, 2, 1), at=at(2028, 2, 1, 9)) == 0
    (letter,) = letters_of("extension-guidance")
    assert (letter.state, letter.about_id) == ("discarded", project.id)


def test_what_arrived_in_time_counts_however_long_it_waited(app):
    made = factories.continuation()
    approver, closes = holder(APPROVER, made.project.lead), made.closes_at
    frozen = handing_in.submit(
        made, actor=approver, at=closes + timedelta(seconds=5), arrived=closes - timedelta(seconds=1)
    )
    assert frozen.frozen_at == made.submitted_at == closes - timedelta(seconds=1)
