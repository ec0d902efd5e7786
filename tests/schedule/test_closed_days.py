"""Nothing leaves on a closed day: it moves to the next working day, or to the one before where that would be too late."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.calendar import JST, is_business_day
from app.db import db
from app.schedule.reminders import (
    DueReminder,
    Subject,
    claim,
    due,
    forecast,
    leaving_day,
    send_due,
    start_from,
)
from app.schedule.rules import RULES

DEADLINE, END = RULES["deadline"], RULES["support_end"]


@pytest.fixture(autouse=True)
def since_long_ago(app):
    start_from(date(2020, 4, 1))
    db.session.commit()


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=JST)


def draft(closes: datetime, **values) -> Subject:
    return Subject("application", 1, anchor=closes, until=closes, **values)


def sent_on(rule: str, subject: Subject, days: list[date]) -> list[tuple[date, int]]:
    sent: list[tuple[date, int]] = []
    for day in days:
        sources = {rule: (lambda _at: [subject], lambda it, at: sent.append((at.date(), it.days)))}
        send_due(sources, at=morning(day))
    return sent


def test_the_mail_of_ninety_days_leaves_after_the_turn_of_the_year(app):
    for year in range(2019, 2031):
        day = leaving_day(Subject("project", 1, anchor=date(year, 3, 31)), -90)
        assert is_business_day(day) and (day.month, day.day) >= (1, 4), day


def test_nothing_is_sent_on_a_closed_day_and_all_of_it_on_the_next_open_one(app):
    subject = Subject("project", 1, anchor=date(2023, 3, 31))
    days = [date(2022, 12, 30), date(2022, 12, 31), date(2023, 1, 2), date(2023, 1, 4)]
    start_from(date(2022, 12, 1))
    assert sent_on("support_end", subject, days) == [(date(2023, 1, 4), -90)]


def test_a_reminder_of_sunday_before_a_deadline_on_monday_leaves_on_friday(app):
    closes = datetime(2023, 3, 20, 12, tzinfo=JST)
    days = [date(2023, 3, number) for number in range(15, 21)]
    assert sent_on("deadline", draft(closes), days)[-1] == (date(2023, 3, 17), -1)


def test_of_two_that_leave_on_one_day_the_newer_is_sent_and_the_other_overtaken(app):
    closes = datetime(2023, 3, 20, 12, tzinfo=JST)  # three days before is Friday, one day before is Sunday
    (reminder,) = due(DEADLINE, [draft(closes)], morning(date(2023, 3, 17)))
    assert (reminder.days, reminder.overtaken) == (-1, (-14, -3))


def test_a_reminder_of_the_day_itself_that_is_closed_leaves_before_it(app):
    subject = Subject("membership", 1, anchor=date(2023, 3, 19), until=datetime(2023, 4, 19, tzinfo=JST))
    assert leaving_day(subject, 0) == date(2023, 3, 17)


def test_a_reminder_after_its_anchor_moves_forward(app):
    subject = Subject("project", 1, anchor=date(2023, 1, 15))
    assert (leaving_day(subject, 90), leaving_day(subject, 91)) == (date(2023, 4, 17), date(2023, 4, 17))


def test_the_later_of_a_series_never_leaves_before_the_earlier(app):
    for first in range(1, 29):
        closes = datetime(2023, 5, first, 12, tzinfo=JST)  # May begins with a week of holidays
        days = [leaving_day(draft(closes), before) for before in range(-20, 1)]
        assert days == sorted(days) and all(map(is_business_day, days)), closes


def test_a_draft_begun_after_its_reminder_has_left_early_is_not_owed_it(app):
    closes = datetime(2023, 3, 20, 12, tzinfo=JST)
    begun = draft(closes, since=morning(date(2023, 3, 18)))
    assert due(DEADLINE, [begun], morning(date(2023, 3, 20))) == []


def test_what_was_sent_on_a_closed_day_before_this_rule_counts_as_sent(app):
    subject = Subject("project", 1, anchor=date(2023, 3, 31))
    assert claim(DueReminder(END, subject, -90, (-180,)), at=morning(date(2022, 12, 31)))
    db.session.commit()
    assert due(END, [subject], morning(date(2023, 1, 4))) == []


def test_the_forecast_shows_the_days_on_which_they_really_leave(app):
    closes = datetime(2023, 3, 20, 12, tzinfo=JST)
    subjects = {"deadline": [draft(closes)], "support_end": [Subject("project", 1, anchor=date(2023, 9, 30))]}
    sources = {
        name: ((lambda _at, found=found: found), (lambda _it, _at: None)) for name, found in subjects.items()
    }
    start_from(date(2023, 3, 1))
    lines = forecast(sources, morning(date(2023, 3, 4)))
    assert [(line.day, line.rule.name, line.reminders[0].days) for line in lines] == [
        (date(2023, 3, 6), "deadline", -14),
        (date(2023, 3, 17), "deadline", -1),
        (date(2023, 4, 3), "support_end", -180),
        (date(2023, 7, 3), "support_end", -90),
        (date(2023, 8, 31), "support_end", -30),
    ]
    for line in lines:
        assert is_business_day(line.day)


def test_what_is_late_on_a_closed_day_is_foretold_for_the_next_open_one(app):
    subject = Subject("project", 1, anchor=date(2023, 3, 31))
    (late, *_rest) = forecast(
        {"support_end": (lambda _at: [subject], lambda _it, _at: None)}, morning(date(2023, 3, 4))
    )
    assert (late.day, late.reminders[0].days) == (date(2023, 3, 6), -30)
