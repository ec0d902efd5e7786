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
    return [(mail.to_address, mail.subject) for mail in db.session.scalars(query)]


@pytest.fixture
def call(app, at):
    send_due(SOURCES, at=at)  # the office has begun; from now on reminders are owed
    return factories.call(title="令和5年度募集", closes_at=CLOSES)


def mailbox(role: str, application) -> str:
    return holder(f"municipality_{role}", application.organisation).seat.mailbox


DAYS = [(day(3, 3), 14), (day(3, 14), 3), (day(3, 16), 1)]


def test_the_editors_of_a_draft_are_reminded_14_3_and_1_days_before(call):
    application = factories.application(call=call)
    editor, name = mailbox("editor", application), application.organisation.name
    for when in (day(3, 2), day(3, 3), day(3, 10), day(3, 14), day(3, 16), day(3, 17)):
        send_due(SOURCES, at=when)
    assert reminded() == [
        (editor, f"【要対応】申請の提出期限は3月17日12時です（残り{left}日：{name}）") for _when, left in DAYS
    ]
    body = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first().body
    assert "令和5年3月17日（金）12時" in body and f"/applications/{application.id}" in body
    assert "作成中" in body and "決裁者から提出してください" in body


def test_a_draft_that_waits_for_the_approver_reminds_the_approver(call):
    application = factories.application("in_approval", call=call)
    approver, name = mailbox("approver", application), application.organisation.name
    for when, _left in DAYS:
        send_due(SOURCES, at=when)
    assert reminded() == [
        (approver, f"【要決裁】申請の提出期限は3月17日12時です（残り{left}日：{name}）")
        for _when, left in DAYS
    ]
    body = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first().body
    assert "決裁をお待ちしています" in body and "申請の決裁御担当者様" in body


def test_a_mailbox_that_several_editors_share_gets_one_reminder(call):
    application = factories.application(call=call)
    shared = mailbox("editor", application)
    factories.tenure("municipality_editor", application.organisation).seat.mailbox = shared
    other = factories.tenure("municipality_editor", application.organisation).seat.mailbox
    send_due(SOURCES, at=day(3, 16))
    assert sorted(to for to, _subject in reminded()) == sorted([shared, other])


def test_where_nobody_holds_an_editors_seat_the_contact_of_the_body_is_reminded(call):
    application = factories.application(call=call)
    approver = mailbox("approver", application)
    holder("municipality_editor", application.organisation).ended_on = day(3, 1).date()
    send_due(SOURCES, at=day(3, 16))
    assert [to for to, _subject in reminded()] == [approver]


def test_the_job_run_twice_reminds_once(call):
    factories.application(call=call)
    assert send_due(SOURCES, at=day(3, 3))["deadline"] == 1
    assert send_due(SOURCES, at=day(3, 3) + timedelta(hours=1))["deadline"] == 0
    assert len(reminded()) == 1


def test_after_a_standstill_the_newest_reminder_is_sent_late_and_the_missed_one_not(call):
    factories.application(call=call)
    send_due(SOURCES, at=day(3, 15))
    assert ["残り2日" in subject for _to, subject in reminded()] == [True]


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
    assert [subject[5:21] for _to, subject in reminded()] == [
        "申請の提出期限は3月17日12時",
        "申請の提出期限は3月24日12時",
    ]


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


def subject_of(application, sign: str, due: str, left: int) -> str:
    about = f"{application.number} {application.organisation.name}"
    return f"【{sign}】再提出期限は{due}です（残り{left}日：{about}）"


def test_a_returned_application_is_reminded_before_its_own_due_instant(call):
    application = factories.application("returned", call=call, at=day(3, 15))
    editor = mailbox("editor", application)
    for when in (day(3, 17), day(3, 18), day(3, 19), day(3, 20), day(3, 21)):
        send_due(SOURCES, at=when)
    # Due on the 22nd. The 19th is a Sunday and the 21st a holiday: both of the series leave on the 20th, as one.
    assert reminded() == [(editor, subject_of(application, "要対応", "3月22日9時", 2))]


def test_a_returned_application_that_is_mended_reminds_the_approver_until_somebody_changes_it_again(call):
    application = factories.application("returned", call=call, at=day(3, 17))
    editor = holder("municipality_editor", application.organisation)
    submission.report_mended(application, actor=editor, at=day(3, 20))
    db.session.commit()
    send_due(SOURCES, at=day(3, 22))  # three days before is the holiday of the 21st
    version = application.version_of("basics")
    factories.save_basics(
        application, title="題", summary="概要", version=version, actor=editor, at=day(3, 22)
    )
    db.session.commit()
    send_due(SOURCES, at=day(3, 23))
    assert reminded() == [
        (mailbox("approver", application), subject_of(application, "要決裁", "3月24日9時", 2)),
        (mailbox("editor", application), subject_of(application, "要対応", "3月24日9時", 1)),
    ]


def test_more_time_moves_the_correction_reminder_too(call):
    application = factories.application("returned", call=call, at=day(3, 15))
    later = day(3, 30)
    checking.extend_correction(
        application, due_at=later, reason="大雪", actor=holder("officer"), at=day(3, 16)
    )
    db.session.commit()
    for when in (day(3, 20), day(3, 27), day(3, 29)):
        send_due(SOURCES, at=when)
    subjects = [subject_of(application, "要対応", "3月30日9時", left) for left in (3, 1)]
    assert [subject for _to, subject in reminded()] == subjects
