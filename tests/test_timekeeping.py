"""A clock that leaps or jumps back halts what cannot be taken back; one that only stood still asks once.

The machine's clock and its count of time are both put in place here; in life nobody can set the count.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import calendar, halting, jobs, pace, timekeeping
from app.calendar import JST
from app.correspondence import approval, letters
from app.correspondence.models import Letter, Mail
from app.db import db
from app.history import HistoryEntry
from app.installation import Setting
from app.permissions import SYSTEM
from app.projects import end_of_support
from app.projects.models import Project
from tests import factories

MORNING = datetime(2023, 3, 30, 9, 0, tzinfo=JST)  # the day before the notices of FY2022 leave
DAY = timedelta(days=1)


class Machine:
    """A machine whose clock can be set, and whose count only goes on."""

    def __init__(self, at: datetime) -> None:
        self.clock, self.count = at, timedelta(days=3)

    def passes(self, time: timedelta) -> None:
        self.clock += time
        self.count += time

    def is_set(self, by: timedelta) -> None:
        self.clock += by

    def stands_still(self, time: timedelta) -> None:
        """Switched off for a while, and started again: it counts from nothing."""
        self.clock += time
        self.count = timedelta(minutes=1)
        timekeeping.forget()


@pytest.fixture
def machine(app, monkeypatch):
    made = Machine(MORNING)
    monkeypatch.setattr(calendar, "machine_now", lambda: made.clock)
    monkeypatch.setattr(pace, "counted", lambda: made.count)
    app.config["PINNED_CLOCK"] = None
    calendar.pin(None)
    timekeeping.forget()
    for role in ("officer", "director", "administrator"):
        factories.tenure(role).seat.mailbox = f"{role}@example.jp"
    halting.believe_clock(MORNING)
    db.session.commit()
    yield made
    timekeeping.forget()


@pytest.fixture
def approved(machine) -> Project:
    """A project that ends on 31 March 2023 by the record, and its approved letter."""
    project = factories.project(call=factories.call(selection_fy=2018, base_years=5))
    db.session.commit()
    end_of_support.draft_letters(on=MORNING.date(), at=MORNING)
    approval.approve(letters.letters_of(state="drafted"), actor=factories.tenure("director"), at=MORNING)
    db.session.commit()
    return project


def turn() -> None:
    """What the scheduler does every ten minutes, in this process."""
    from flask import current_app

    db.session.commit()
    jobs._turn(current_app._get_current_object(), jobs._daily_turn)
    calendar.pin(None)


def open_reasons() -> list[str]:
    db.session.expire_all()
    return [halt.reason for halt in halting.open_halts()]


def state_of(project: Project) -> tuple[str, str]:
    db.session.expire_all()
    letter = db.session.scalars(select(Letter)).one()
    return letter.state, db.session.get_one(Project, project.id).state


def lift(machine: Machine) -> None:
    for halt in halting.open_halts():
        halting.lift(halt, actor=factories.tenure("director"), at=machine.clock, remark="時計を確認した。")
    db.session.commit()


@pytest.mark.slow
def test_ordinary_days_weekends_and_nights_halt_nothing(machine):
    for _ in range(6 * 24 * 10):
        machine.passes(timedelta(minutes=10))
        timekeeping.look(machine.clock, mark=True)
    assert open_reasons() == []
    assert Setting.get(halting.SEEN) == machine.clock.isoformat()


def test_a_running_clock_that_leaps_ahead_issues_no_letter_ends_no_project_and_tells_staff(machine, approved):
    turn()
    machine.passes(timedelta(minutes=10))
    machine.is_set(400 * DAY)
    turn()
    assert state_of(approved) == ("approved", "supported")
    assert open_reasons() == ["clock_ahead"]
    told = set(db.session.scalars(select(Mail.to_address).where(Mail.key.startswith("halt:"))))
    assert told >= {"administrator@example.jp", "director@example.jp", "officer@example.jp"}
    halt = halting.current()
    assert halt.facts["expected"] == (MORNING + timedelta(minutes=10)).isoformat()
    turn()
    assert open_reasons() == ["clock_ahead"] and state_of(approved) == ("approved", "supported")


def test_several_leaps_that_are_more_than_a_day_together_are_one_leap(machine):
    turn()
    for _ in range(3):
        machine.passes(timedelta(minutes=10))
        machine.is_set(timedelta(hours=10))
        turn()
    assert open_reasons() == ["clock_ahead"]


def test_a_clock_that_is_put_right_by_some_hours_halts_nothing(machine):
    turn()
    machine.is_set(timedelta(hours=5))
    turn()
    assert open_reasons() == []


def test_the_clock_is_looked_at_before_every_turn_not_only_the_daily_one(machine, app):
    turn()
    machine.is_set(2 * DAY)
    jobs._turn(app, jobs._work_turn)
    assert open_reasons() == ["clock_ahead"]


def test_when_the_leap_is_mended_and_the_halt_lifted_everything_goes_its_way_on_the_right_day(
    machine, approved
):
    turn()
    machine.is_set(400 * DAY)
    turn()
    machine.passes(timedelta(hours=2))
    machine.is_set(-400 * DAY)
    turn()
    assert open_reasons() == ["clock_ahead"], "a person is to look, whatever the clock says now"
    lift(machine)
    turn()
    assert open_reasons() == [], "what was written while the clock was wrong is not held against it"
    assert state_of(approved) == ("approved", "supported")
    machine.passes(DAY)
    turn()
    assert state_of(approved) == ("issued", "supported")
    machine.passes(DAY)
    turn()
    assert state_of(approved) == ("issued", "ended")
    assert open_reasons() == []


@pytest.mark.parametrize("hours", [15, 23])
def test_a_night_switched_off_is_no_leap(machine, hours):
    turn()
    machine.stands_still(timedelta(hours=hours))
    turn()
    assert open_reasons() == []


def test_after_a_standstill_of_forty_days_a_person_is_asked_once_and_all_is_caught_up_once(machine, approved):
    turn()
    machine.stands_still(40 * DAY)  # 9 May 2023, a Tuesday
    turn()
    assert open_reasons() == ["clock_ahead"]
    assert state_of(approved) == ("approved", "supported")
    lift(machine)
    turn()
    assert state_of(approved) == ("issued", "ended")
    for _ in range(3):
        machine.passes(timedelta(minutes=10))
        turn()
    assert open_reasons() == []
    mails = db.session.scalars(select(Mail).where(Mail.key.startswith("letter:"))).all()
    assert len(mails) == 1, "nothing twice"


def test_a_database_that_was_away_for_days_is_no_leap_for_a_process_that_went_on(machine):
    turn()
    machine.passes(3 * DAY)  # all turns failed meanwhile
    turn()
    assert open_reasons() == []


def _database_away(monkeypatch, away: bool) -> None:
    def fails():
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(halting, "open_halts", fails if away else OPEN_HALTS)


OPEN_HALTS = halting.open_halts


def test_a_leap_while_the_server_was_off_is_found_though_the_database_is_away_at_its_start(
    machine, approved, monkeypatch
):
    turn()
    machine.stands_still(400 * DAY)
    _database_away(monkeypatch, True)
    turn()
    machine.passes(timedelta(minutes=10))
    _database_away(monkeypatch, False)
    turn()
    assert open_reasons() == ["clock_ahead"] and state_of(approved) == ("approved", "supported")


def test_a_leap_while_the_database_is_away_is_found_when_it_is_back(machine, app, monkeypatch):
    turn()
    _database_away(monkeypatch, True)
    machine.is_set(2 * DAY)
    jobs._turn(app, jobs._work_turn)
    _database_away(monkeypatch, False)
    jobs._turn(app, jobs._work_turn)
    assert open_reasons() == ["clock_ahead"]


def test_days_without_a_database_right_after_the_start_are_no_leap(machine, monkeypatch):
    turn()
    machine.stands_still(timedelta(hours=1))
    _database_away(monkeypatch, True)
    for _ in range(3):
        turn()
        machine.passes(DAY)
    _database_away(monkeypatch, False)
    turn()
    assert open_reasons() == []


def test_the_first_start_on_an_old_database_halts_nothing(machine, app):
    db.session.execute(Setting.__table__.delete())
    body = factories.organisation()
    body.record("noted", actor=SYSTEM, at=MORNING - 30 * DAY)
    db.session.commit()
    turn()
    assert open_reasons() == []


def test_a_clock_that_jumps_back_halts_and_goes_on_by_itself_when_it_has_caught_up(machine, approved):
    turn()
    machine.passes(timedelta(minutes=10))
    machine.is_set(-30 * DAY)
    turn()
    assert open_reasons() == ["clock_behind"]
    assert db.session.scalar(select(Mail.id).where(Mail.key.startswith("halt:")).limit(1))
    machine.passes(timedelta(minutes=10))
    turn()
    assert open_reasons() == ["clock_behind"], "one halt, not one for each turn"
    machine.is_set(30 * DAY)
    machine.passes(timedelta(minutes=20))
    turn()
    assert open_reasons() == []
    lifted = db.session.scalars(select(halting.Halt)).one()
    assert (lifted.lifted_by, lifted.remark) == (SYSTEM.name, timekeeping.CAUGHT_UP)


def test_a_clock_that_was_set_back_while_the_server_was_off_is_found_by_the_newest_entry_too(machine):
    body = factories.organisation()
    body.record("noted", actor=SYSTEM, at=MORNING + timedelta(hours=3))
    db.session.commit()
    machine.stands_still(timedelta(minutes=5))
    turn()
    assert open_reasons() == ["clock_behind"]


def test_some_minutes_back_are_nothing(machine):
    turn()
    machine.is_set(-timedelta(minutes=8))
    turn()
    assert open_reasons() == []


def test_a_person_can_say_that_the_clock_is_right_after_it_was_set_back(machine):
    turn()
    machine.is_set(-30 * DAY)
    turn()
    lift(machine)
    turn()
    machine.passes(timedelta(minutes=10))
    turn()
    assert open_reasons() == []


def test_a_turn_that_fails_still_leaves_the_mark_that_the_clock_was_right(machine, monkeypatch):
    turn()
    machine.passes(timedelta(hours=2))

    def fails(*_):
        raise RuntimeError("no disk")

    monkeypatch.setattr(jobs, "run_daily", fails)
    turn()
    assert Setting.get(halting.SEEN) == machine.clock.isoformat()


def test_while_halted_the_daily_jobs_say_so_and_only_mail_leaves(machine):
    factories.mail()
    halting.halt("clock_ahead", at=MORNING)
    db.session.commit()
    done = jobs.run_daily(MORNING.date(), at=MORNING)
    assert done.pop("deliver_mails")["kept"] == 1
    assert set(done) == set(jobs.DAILY) - {"deliver_mails"}
    assert all(result == {"halted": 1} for result in done.values())


def test_a_demo_moves_its_clock_on_purpose_and_is_not_looked_at(machine, app):
    app.config["TODAY"] = MORNING.date()
    turn()
    machine.is_set(400 * DAY)
    turn()
    assert open_reasons() == []


def test_the_history_tells_of_the_halt_and_of_its_end(machine):
    turn()
    machine.is_set(3 * DAY)
    turn()
    halt = halting.current()
    lift(machine)
    events = [entry.event for entry in db.session.scalars(HistoryEntry.of(halt))]
    assert events == ["halt_lifted", "halted"]
