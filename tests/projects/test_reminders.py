"""180, 90 and 30 days before the end each body and the officers are told what happens next, once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.db import Setting, db
from app.projects.reminders import ending_subjects, remind_of_end, unapproved_subjects
from app.schedule.reminders import send_due
from tests import factories

SOURCES = {"support_end": (ending_subjects, remind_of_end)}


def morning(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, 0, tzinfo=JST)


def run(at: datetime) -> list[Mail]:
    last = db.session.scalar(select(Mail.id).order_by(Mail.id.desc()).limit(1)) or 0
    send_due(SOURCES, at=at)
    return list(db.session.scalars(select(Mail).where(Mail.id > last).order_by(Mail.id)))


def old(project) -> None:
    project.created_at = morning(2018, 8, 1)
    Setting.put("reminders_since", "2022-01-01")
    db.session.commit()


def test_every_body_and_the_officers_are_told_at_each_step_and_once(joint):
    factories.tenure("officer").seat.mailbox = "officer@example.jp"
    old(joint)
    assert run(morning(2022, 10, 2)) == [], "a Sunday"
    for day, left in ((morning(2022, 10, 3), 179), (morning(2023, 1, 4), 86), (morning(2023, 3, 1), 30)):
        mails = run(day)
        assert [mail.to_address for mail in mails] == [
            "010006@example.jp",
            "012106@example.jp",
            "016390@example.jp",
            "officer@example.jp",
        ]
        assert all(f"あと{left}日" in mail.body for mail in mails)
        assert run(day) == []


def test_a_bodys_mail_names_no_other_body(joint):
    old(joint)
    to_sarabetsu = run(morning(2023, 3, 1))[2]
    assert "更別村長　殿" in to_sarabetsu.body
    assert "岩見沢" not in to_sarabetsu.subject + to_sarabetsu.body


def test_after_a_standstill_only_the_newest_is_sent_and_says_the_days_really_left(joint):
    old(joint)
    mails = run(morning(2023, 3, 6))
    assert len(mails) == 3
    assert "支援期間の終了まで25日" in mails[0].subject
    assert run(morning(2023, 3, 7)) == []


def test_nothing_is_sent_when_support_is_over(joint):
    old(joint)
    assert run(morning(2023, 4, 1)) == []
    joint.state = "cancelled"
    joint.cancelled_on = date(2023, 2, 1)
    db.session.commit()
    assert run(morning(2023, 3, 1)) == []


def test_a_body_without_a_contact_has_its_mail_wait_with_the_office(body):
    old(factories.project([body("大分県", "440001", contact=False)], call=factories.call(selection_fy=2018)))
    (mail,) = run(morning(2023, 3, 1))
    assert (mail.state, mail.organisation.name) == ("parked", "大分県")


def test_the_forecast_knows_the_day_of_the_letters(joint):
    db.session.commit()
    (subject,) = unapproved_subjects(morning(2023, 2, 15))
    assert (subject.id, subject.anchor) == (2022, date(2023, 3, 31))
