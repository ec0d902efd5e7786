"""What the job sends about councils, through the rules as they stand."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.councils import operations, reminders
from app.councils.models import Meeting
from app.db import db
from app.organisations import links
from app.permissions import MEMBER, SeatlessActor
from app.schedule.reminders import send_due, start_from
from tests import factories
from tests.correspondence.common import as_received

SOURCES = {
    "membership_unanswered": (reminders.unanswered_subjects, reminders.remind_of_answer),
    "council_not_met": (reminders.not_met_subjects, reminders.remind_of_meeting),
}


@pytest.fixture(autouse=True)
def since_long_ago(app):
    start_from(date(2020, 4, 1))


def run(day: date) -> dict[str, int]:
    db.session.commit()
    return send_due(SOURCES, at=datetime.combine(day, datetime.min.time(), JST).replace(hour=9))


def sent() -> list[Mail]:
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_a_member_who_is_silent_is_reminded_three_days_before_and_on_the_day_with_a_link_that_works(app):
    membership = factories.membership(factories.council(), reply_by=date(2023, 2, 24))
    assert run(date(2023, 2, 20))["membership_unanswered"] == 0
    assert run(date(2023, 2, 21))["membership_unanswered"] == 1
    assert run(date(2023, 2, 21))["membership_unanswered"] == 0
    assert run(date(2023, 2, 24))["membership_unanswered"] == 1
    first, second = (mail for mail in sent() if mail.about_kind == "membership")
    assert first.to_address == membership.mailbox
    assert "あと3日です" in first.body and "本日が回答期限です" in second.body
    (token,) = re.findall(r"/c/([\w-]+)", as_received(first))
    assert links.find("membership", token, at=datetime(2023, 2, 25, tzinfo=JST)).subject_id == membership.id


def test_after_a_standstill_only_the_newest_goes_out_and_says_that_the_day_is_over(app):
    factories.membership(factories.council(), reply_by=date(2023, 2, 24))
    assert run(date(2023, 2, 27))["membership_unanswered"] == 1
    (mail,) = (mail for mail in sent() if mail.about_kind == "membership")
    assert "回答期限は過ぎましたが、引き続きお答えいただけます" in mail.body


def test_who_answered_or_whose_link_has_expired_is_not_reminded(app, at):
    council = factories.council()
    answered = factories.membership(council)
    member = SeatlessActor(name=answered.named, role=MEMBER, membership_id=answered.id)
    operations.answer(answered, False, "", actor=member, at=at)
    factories.membership(council, reply_by=date(2023, 2, 1))
    assert run(date(2023, 2, 24))["membership_unanswered"] == 0


def test_bodies_hear_once_that_a_council_has_not_met_in_ninety_days_and_officers_get_the_days_copy(app):
    body, other = factories.organisation("岩見沢市"), factories.organisation("更別村")
    contact = factories.tenure("municipality_approver", body).seat.mailbox
    factories.tenure("officer")
    announced = date(2022, 11, 1)
    factories.project([body, other], opened_on=announced, created_at=datetime(2022, 11, 1, tzinfo=JST))
    assert run(announced + timedelta(days=89))["council_not_met"] == 0
    assert run(announced + timedelta(days=93))["council_not_met"] == 1
    assert run(announced + timedelta(days=94))["council_not_met"] == 0
    assert {mail.to_address for mail in sent()} == {contact, ""}
    assert all("93日が経過しました" in mail.body and mail.copy_note for mail in sent())
    assert {mail.subject for mail in sent()} == {
        "【要対応】地域実装協議会の開催の記録がありません（2月2日現在 岩見沢市ほか）",
        "【要対応】地域実装協議会の開催の記録がありません（2月2日現在 更別村ほか）",
    }


def test_a_council_that_has_met_and_a_project_that_is_over_are_left_alone(app):
    met = factories.council(factories.project(opened_on=date(2022, 9, 1)))
    db.session.add(Meeting(council=met, held_on=date(2022, 10, 1)))
    factories.project(opened_on=date(2022, 9, 1), state="cancelled")
    factories.project(opened_on=None)
    assert run(date(2023, 2, 15))["council_not_met"] == 0
