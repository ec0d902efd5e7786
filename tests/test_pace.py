"""Turns of work are paced by time that only goes on, whatever the clock is set to."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from app import calendar, jobs, pace
from app.calendar import JST
from app.pace import Pace, SteadyScheduler

REAL = datetime


class Clock:
    """The machine's clock for the whole process, APScheduler included: the real one, set by `offset`."""

    offset = timedelta(0)

    def now(self, zone=None) -> datetime:
        return REAL.now(zone) + self.offset


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()

    class Set(REAL):
        @classmethod
        def now(cls, tz=None):
            return made.now(tz)

    for module in (base, interval):
        monkeypatch.setattr(module, "datetime", Set)
    monkeypatch.setattr(calendar, "machine_now", lambda: made.now(JST))
    monkeypatch.setattr(pace, "LONGEST_WAIT", 0.1)
    return made


@pytest.fixture
def turns(clock):
    """A running scheduler with one job, every 50 ms, that says when it ran."""
    ran = threading.Event()
    scheduler = SteadyScheduler(
        timezone=str(JST), job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(ran.set, "interval", seconds=0.05)
    scheduler.start()
    yield ran
    scheduler.shutdown(wait=True)


def _goes_on(ran: threading.Event) -> bool:
    """Whether it runs again and again, not only once."""
    for _ in range(3):
        ran.clear()
        if not ran.wait(5):
            return False
    return True


@pytest.mark.parametrize("by", [timedelta(days=-30), timedelta(hours=-1), timedelta(days=400)])
def test_the_scheduler_goes_on_when_the_clock_is_set(turns, clock, by):
    assert _goes_on(turns)
    clock.offset = by
    assert _goes_on(turns)
    clock.offset = timedelta(0)
    assert _goes_on(turns)


def test_a_scheduler_that_has_nothing_to_do_for_hours_sees_soon_that_the_clock_was_set(clock):
    ran = threading.Event()
    scheduler = SteadyScheduler(timezone=str(JST), job_defaults={"misfire_grace_time": None})
    scheduler.add_job(ran.set, "interval", hours=5)
    scheduler.start()
    try:
        assert not ran.wait(0.5)
        clock.offset = timedelta(days=-30)
        assert ran.wait(5)
    finally:
        scheduler.shutdown(wait=True)


def test_the_clockwork_is_paced_by_it(app):
    jobs.start(app)
    try:
        assert isinstance(jobs._scheduler, SteadyScheduler)
    finally:
        jobs.stop()


def test_a_clock_that_goes_with_the_count_has_not_jumped(monkeypatch):
    count = timedelta(0)
    monkeypatch.setattr(pace, "counted", lambda: count)
    began = datetime(2023, 3, 1, 9, tzinfo=JST)
    watch = Pace(began)
    count = timedelta(days=40)
    assert not watch.jumped(began + timedelta(days=40, seconds=20))
    assert watch.jumped(began + timedelta(days=41))
    assert not watch.jumped(began + timedelta(days=41)), "told once"
    assert watch.jumped(began + timedelta(days=40)), "and that it was set back again"
    assert watch.expected() == began + timedelta(days=40)


def test_the_count_only_goes_on():
    first = pace.counted()
    assert pace.counted() >= first
