"""180, 90 and 30 days before the end each body is told what happens next, once; the officers get the day's copy."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.installation import Setting
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


def test_every_body_is_told_at_each_step_and_once_and_no_officer_gets_a_mail_for_each(joint):
    factories.tenure("officer")
    old(joint)
    assert run(morning(2022, 10, 2)) == [], "a Sunday"
    for day, left in ((morning(2022, 10, 3), 179), (morning(2023, 1, 4), 86), (morning(2023, 3, 1), 30)):
        mails = run(day)
        assert [mail.to_address for mail in mails] == [
            "010006@example.jp",
            "012106@example.jp",
            "016390@example.jp",
        ]
        assert all(f"あと{left}日" in mail.body and mail.copy_note for mail in mails)
        assert run(day) == []


def test_a_bodys_mail_says_in_its_subject_what_is_asked_the_day_and_the_body_itself_first(joint):
    old(joint)
    to_sarabetsu = run(morning(2023, 3, 1))[2]
    assert to_sarabetsu.subject == "【手続不要】支援期間は3月31日に終了します（更別村ほか）"
    assert "更別村長　殿" in to_sarabetsu.body
    assert "団体　　：北海道、北海道岩見沢市、北海道更別村" in to_sarabetsu.body


def test_a_project_of_the_published_list_is_named_by_its_title_or_bodies_and_its_number_there(joint):
    joint.title = None
    old(joint)
    to_iwamizawa = run(morning(2023, 3, 1))[1]
    assert "事業　　：「岩見沢市ほか」の事業" in to_iwamizawa.body
    assert f"一覧番号（令和4年12月時点）：{joint.number}\n" in to_iwamizawa.body


def test_a_project_opened_by_an_announcement_is_named_by_the_number_of_its_application(joint):
    application = factories.application("selected")
    opened = factories.project(joint.bodies, call=joint.call, application=application, title="雪道の見守り")
    old(opened)
    mail = next(mail for mail in run(morning(2023, 3, 1)) if mail.about_id == opened.id)
    assert "事業　　：「雪道の見守り」" in mail.body
    assert f"受付番号：{application.number}\n" in mail.body
    assert "一覧番号" not in mail.body


def test_after_a_standstill_only_the_newest_is_sent_and_says_the_days_really_left(joint):
    old(joint)
    mails = run(morning(2023, 3, 6))
    assert len(mails) == 3
    assert "（あと25日）" in mails[0].body
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
