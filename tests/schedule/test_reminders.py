"""Each reminder goes out once, late rather than never, and of a series only the newest that is due."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar
from app.calendar import JST
from app.db import db
from app.history import HistoryEntry
from app.installation import Setting
from app.permissions import SYSTEM
from app.schedule import reminders
from app.schedule.models import Reminder, RuleDays
from app.schedule.reminders import NotAllSent, Subject, claim, due, forecast, send_due, start_from
from app.schedule.rules import RULES

END = RULES["support_end"]
DEADLINE = RULES["deadline"]


@pytest.fixture(autouse=True)
def since_long_ago(app):
    start_from(date(2020, 4, 1))
    db.session.commit()


def morning(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=JST)


def project(**values) -> Subject:
    return Subject("project", 1, **{"anchor": date(2023, 3, 31), "name": "1 見本市", **values})


def found(rule, subject, at) -> list[int]:
    return [reminder.days for reminder in due(rule, [subject], at)]


def days_sent(rule: str, subject: Subject, days: list[date]) -> list[tuple[date, int]]:
    """What the job sends when it runs on these days, one after the other."""
    sent: list[tuple[date, int]] = []
    for day in days:
        at = datetime.combine(day, morning(2023, 1, 1).timetz())
        sources = {rule: (lambda _at: [subject], lambda it, _at, day=day: sent.append((day, it.days)))}
        send_due(sources, at=at)
    return sent


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_nothing_is_due_before_its_day(app):
    assert found(END, project(), morning(2022, 9, 30)) == []
    assert found(END, project(), morning(2022, 10, 3)) == [-180]


def test_a_job_that_runs_every_day_sends_each_of_a_series_once_on_its_day(app):
    sent = days_sent("support_end", project(), every_day(date(2022, 9, 25), date(2023, 4, 10)))
    assert sent == [(date(2022, 10, 3), -180), (date(2023, 1, 4), -90), (date(2023, 3, 1), -30)]
    assert [row.overtaken for row in db.session.scalars(select(Reminder))] == [False, False, False]


def test_a_job_that_runs_twice_sends_once(app):
    days = [date(2022, 10, 3)]
    assert days_sent("support_end", project(), days * 2) == [(date(2022, 10, 3), -180)]


def test_after_a_standstill_what_was_missed_is_sent_late(app):
    assert days_sent("support_end", project(), [date(2022, 10, 1), date(2022, 10, 5)]) == [
        (date(2022, 10, 5), -180)
    ]


def test_after_a_long_standstill_only_the_newest_of_a_series_is_sent_and_the_others_are_overtaken(app):
    sent = days_sent("support_end", project(), [date(2023, 3, 2), date(2023, 3, 3)])
    assert sent == [(date(2023, 3, 2), -30)]
    ledger = db.session.scalars(select(Reminder).order_by(Reminder.due_on)).all()
    assert [(row.due_on, row.overtaken) for row in ledger] == [
        (date(2022, 10, 2), True),
        (date(2022, 12, 31), True),
        (date(2023, 3, 1), False),
    ]
    assert {row.subject_name for row in ledger} == {"1 見本市"}


def test_what_was_due_before_the_office_began_is_not_owed(app):
    start_from(date(2023, 1, 15))
    assert found(END, project(), morning(2023, 2, 15)) == []
    assert found(END, project(), morning(2023, 3, 1)) == [-30]
    assert due(END, [project()], morning(2023, 3, 1))[0].overtaken == ()


def test_the_first_run_of_all_is_the_beginning_where_none_was_set(app):
    db.session.delete(db.session.get(Setting, reminders.SINCE))
    db.session.commit()
    assert days_sent("support_end", project(), [date(2023, 3, 2), date(2023, 3, 3)]) == []
    assert reminders.first_day(morning(2024, 1, 1)) == date(2023, 3, 2)


def test_what_was_due_before_the_subject_existed_is_not_owed(app):
    begun = project(anchor=morning(2023, 3, 17, 12), since=morning(2023, 3, 15))
    assert found(DEADLINE, begun, morning(2023, 3, 15)) == []
    assert found(DEADLINE, begun, morning(2023, 3, 16)) == [-1]


def test_a_deadline_reminder_is_never_sent_at_or_after_the_deadline_instant(app):
    closes_at = morning(2023, 3, 17, 12)
    draft = project(anchor=closes_at, until=closes_at)
    assert found(DEADLINE, draft, closes_at - timedelta(seconds=1)) == [-1]
    assert found(DEADLINE, draft, closes_at) == []
    assert found(DEADLINE, draft, closes_at + timedelta(days=1)) == []


def test_the_days_are_counted_in_japan(app):
    """2023-03-16 23:00 in London is the 17th in Japan, so three days before is the 14th."""
    closes_at = datetime.fromisoformat("2023-03-16T23:00:00+00:00")
    draft = project(anchor=closes_at, until=closes_at)
    assert [reminder.due_on for reminder in due(DEADLINE, [draft], morning(2023, 3, 15))] == [
        date(2023, 3, 14)
    ]


def test_a_deadline_that_moves_is_reminded_of_anew(app):
    first = project(anchor=morning(2023, 3, 17, 12))
    later = project(anchor=morning(2023, 3, 31, 12))
    assert days_sent("deadline", first, [date(2023, 3, 16)]) == [(date(2023, 3, 16), -1)]
    assert days_sent("deadline", later, [date(2023, 3, 17)]) == [(date(2023, 3, 17), -14)]


def test_a_reminder_that_fails_keeps_no_other_back_and_is_sent_at_the_next_run(app):
    subjects = [Subject("project", number, anchor=date(2023, 3, 31)) for number in (1, 2, 3)]
    sent: list[int] = []

    def send(reminder, at):
        if reminder.subject.id == 2 and not sent[2:]:
            raise RuntimeError("no template")
        sent.append(reminder.subject.id)

    sources = {"support_end": (lambda at: subjects, send)}
    with pytest.raises(NotAllSent):
        send_due(sources, at=morning(2023, 3, 1))
    assert sent == [1, 3]
    sent.append(0)
    assert send_due(sources, at=morning(2023, 3, 1)) == {"support_end": 1}
    assert sent == [1, 3, 0, 2]


def test_of_two_workers_that_claim_the_same_reminder_exactly_one_wins(app):
    at = morning(2023, 3, 1)
    together = threading.Barrier(2)
    won: list[bool] = []

    def worker():
        with app.app_context():
            calendar.pin(at)
            (reminder,) = due(END, [project()], at)
            db.session.rollback()
            together.wait(timeout=10)
            won.append(claim(reminder, at=at))
            db.session.commit()
            db.session.remove()

    db.session.commit()
    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(won) == [False, True]
    assert len(db.session.scalars(select(Reminder)).all()) == 3


def test_whoever_loses_the_claim_does_not_send(app):
    """Another worker enters the second reminder while this one, which has found both due, sends the first."""
    at = morning(2023, 3, 1)
    subjects = [Subject("project", number, anchor=date(2023, 3, 31)) for number in (1, 2)]
    sent: list[int] = []

    def send(reminder, at):
        sent.append(reminder.subject.id)
        (others,) = due(END, subjects[1:], at)
        assert claim(others, at=at)

    assert send_due({"support_end": (lambda at: subjects, send)}, at=at) == {"support_end": 1}
    assert sent == [1]


def test_a_claim_that_is_rolled_back_leaves_the_reminder_due(app):
    at = morning(2023, 3, 1)
    (reminder,) = due(END, [project()], at)
    assert claim(reminder, at=at)
    db.session.rollback()
    assert found(END, project(), at) == [-30]


def test_the_forecast_holds_what_is_to_come_by_day_and_what_is_late_as_due_today(app):
    at = morning(2023, 2, 15)
    subjects = [
        Subject("project", 1, anchor=date(2023, 3, 31), name="1 見本市"),
        Subject("project", 2, anchor=date(2024, 3, 31), name="2 見本町"),
    ]
    lines = forecast({"support_end": (lambda _at: subjects, lambda it, _at: None)}, at)
    assert [(line.day, [reminder.subject.id for reminder in line.reminders]) for line in lines] == [
        (date(2023, 2, 15), [1]),
        (date(2023, 3, 1), [1]),
        (date(2023, 10, 3), [2]),
        (date(2024, 1, 4), [2]),
    ]


def test_the_forecast_leaves_out_what_will_be_pointless_by_then(app):
    subject = Subject("membership", 1, anchor=date(2023, 3, 1), until=morning(2023, 2, 27))
    lines = forecast(
        {"membership_unanswered": (lambda _at: [subject], lambda it, _at: None)}, morning(2023, 2, 15)
    )
    assert [line.day for line in lines] == [date(2023, 2, 24)], "the 26th is a Sunday, and the 27th too late"


def test_staff_change_the_days_of_a_rule_and_the_history_says_from_what_to_what(app):
    reminders.change_days("council_not_met", [60], actor=SYSTEM, at=morning(2023, 2, 15))
    db.session.commit()
    rule = reminders.rules_in_force()["council_not_met"]
    assert rule.days == (60,)
    row = db.session.scalars(select(RuleDays)).one()
    entry = db.session.scalars(HistoryEntry.of(row)).one()
    assert (entry.event, entry.changes["days"]) == ("days_changed", [[90], [60]])
    council = Subject("project", 1, anchor=date(2023, 1, 1))
    assert [it.due_on for it in due(rule, [council], morning(2023, 3, 6))] == [date(2023, 3, 2)]


def test_each_rule_keeps_its_own_days_in_one_row(app):
    at = morning(2023, 2, 15)
    for name, days in (("council_not_met", [60]), ("support_end", [-20]), ("council_not_met", [30, 60, 30])):
        reminders.change_days(name, days, actor=SYSTEM, at=at)
    rules = reminders.rules_in_force()
    assert (rules["council_not_met"].days, rules["support_end"].days) == ((30, 60), (-20,))
    assert db.session.query(RuleDays).count() == 2


def test_what_goes_on_daily_is_foretold_once(app):
    """From its first day on it is sent each working day; a line for each would hide the others."""
    assert RULES["letters_unapproved"].fixed and len(RULES["letters_unapproved"].days) > 1
    subject = Subject("letter", 1, anchor=date(2023, 3, 31))
    lines = forecast({"letters_unapproved": (lambda _at: [subject], None)}, morning(2023, 2, 15))
    assert len(lines) == 1 and len(lines[0].reminders) == 1


@pytest.mark.parametrize(("name", "days"), [("letters_unapproved", [1]), ("deadline", [])])
def test_a_rule_of_a_job_keeps_its_days_and_no_rule_is_left_without_any(app, name, days):
    with pytest.raises(ValueError):
        reminders.change_days(name, days, actor=SYSTEM, at=morning(2023, 2, 15))
