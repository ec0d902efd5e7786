"""Reminders before a deadline: to who has a draft, once each, late rather than never, never when pointless."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.applications import checking, reminders, submission
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.schedule.reminders import send_due
from tests import factories
from tests.factories.applications import holder

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)
SOURCES = {
    "deadline": (reminders.deadline_subjects, reminders.remind_of_deadline),
    "correction": (reminders.correction_subjects, reminders.remind_of_correction),
}


def day(month: int, number: int) -> datetime:
    return datetime(2023, month, number, 9, 0, tzinfo=JST)


def reminded() -> list[tuple[str, str]]:
    """(recipient, subject) of each reminder so far, in order."""
    query = select(Mail).where(Mail.subject.contains("です（")).order_by(Mail.id)
    return [(mail.to_address, mail.subject.split("】")[1]) for mail in db.session.scalars(query)]


@pytest.fixture
def call(app, at):
    send_due(SOURCES, at=at)  # the office has begun; from now on reminders are owed
    return factories.call(title="令和5年度募集", closes_at=CLOSES)


@pytest.mark.parametrize("state", ["draft", "in_approval"])
def test_a_body_with_a_draft_is_reminded_14_3_and_1_days_before(call, state):
    application = factories.application(state, call=call)
    contact = holder("municipality_approver", application.organisation).seat.mailbox
    for when in (day(3, 2), day(3, 3), day(3, 10), day(3, 14), day(3, 16), day(3, 17)):
        send_due(SOURCES, at=when)
    assert reminded() == [
        (contact, "申請の締切まで残り14日です（令和5年度募集）"),
        (contact, "申請の締切まで残り3日です（令和5年度募集）"),
        (contact, "申請の締切まで残り1日です（令和5年度募集）"),
    ]
    body = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first().body
    assert "令和5年3月17日（金）12時" in body and f"/applications/{application.id}" in body
    assert ("決裁待ち" if state == "in_approval" else "作成中") in body


def test_the_job_run_twice_reminds_once(call):
    factories.application(call=call)
    assert send_due(SOURCES, at=day(3, 3))["deadline"] == 1
    assert send_due(SOURCES, at=day(3, 3) + timedelta(hours=1))["deadline"] == 0
    assert len(reminded()) == 1


def test_after_a_standstill_the_newest_reminder_is_sent_late_and_the_missed_one_not(call):
    factories.application(call=call)
    send_due(SOURCES, at=day(3, 15))
    assert [subject for _to, subject in reminded()] == ["申請の締切まで残り2日です（令和5年度募集）"]


@pytest.mark.parametrize("state", ["submitted", "accepted", "withdrawn"])
def test_who_has_submitted_or_withdrawn_is_not_reminded(call, state):
    factories.application(state, call=call)
    send_due(SOURCES, at=day(3, 16))
    assert reminded() == []


def test_nobody_is_reminded_from_the_closing_instant_on(call):
    factories.application(call=call)
    send_due(SOURCES, at=CLOSES)
    assert reminded() == []


def test_a_draft_begun_after_a_reminders_day_is_not_owed_that_reminder(call):
    factories.application(call=call, at=day(3, 15))
    send_due(SOURCES, at=day(3, 15))
    assert reminded() == []
    send_due(SOURCES, at=day(3, 16))
    assert len(reminded()) == 1


def test_an_extended_deadline_is_reminded_of_anew(call):
    factories.application(call=call)
    send_due(SOURCES, at=day(3, 16))
    call.closes_at = CLOSES + timedelta(days=7)
    db.session.commit()
    send_due(SOURCES, at=day(3, 23))
    assert [subject[:11] for _to, subject in reminded()] == ["申請の締切まで残り1日"] * 2


def test_a_draft_submitted_between_finding_and_sending_is_not_reminded(call, at):
    application = factories.application(call=call)

    def submitted_meanwhile(found, when):
        submission.submit(
            application, actor=holder("municipality_approver", application.organisation), at=when
        )
        reminders.remind_of_deadline(found, when)

    send_due({"deadline": (reminders.deadline_subjects, submitted_meanwhile)}, at=day(3, 16))
    assert application.state == "submitted"
    assert reminded() == []


def test_a_returned_application_is_reminded_before_its_own_due_instant(call):
    application = factories.application("returned", call=call, at=day(3, 15))
    contact = holder("municipality_approver", application.organisation).seat.mailbox
    assert application.correction_due_at == day(3, 22)
    for when in (day(3, 17), day(3, 18), day(3, 19), day(3, 20), day(3, 21)):
        send_due(SOURCES, at=when)
    # The 19th is a Sunday and the 21st a holiday: both of the series leave on Monday the 20th, as one.
    assert reminded() == [(contact, f"補正の期限まで残り2日です（{application.number}）")]


def test_more_time_moves_the_correction_reminder_too(call):
    application = factories.application("returned", call=call, at=day(3, 15))
    later = day(3, 30)
    checking.extend_correction(
        application, due_at=later, reason="大雪", actor=holder("officer"), at=day(3, 16)
    )
    db.session.commit()
    for when in (day(3, 20), day(3, 27), day(3, 29)):
        send_due(SOURCES, at=when)
    subjects = [f"補正の期限まで残り{days}日です（{application.number}）" for days in (3, 1)]
    assert [subject for _to, subject in reminded()] == subjects
