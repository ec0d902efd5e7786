"""Time that only goes on: what the machine has counted since it was started, beside what its clock says.

The clock on the wall can be set, by people or by a server of time gone wrong; this count cannot. Where the two part,
the clock has jumped. Turns of work wait by the count, so that a clock set back does not stop them.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from app import calendar

JUMP = timedelta(seconds=30)  # less is what servers of time correct day by day
LONGEST_WAIT = 5.0  # seconds until the scheduler looks at the clock again, whatever it waits for

# Goes on while the machine sleeps, where the system tells that: a laptop closed overnight is no jump.
_COUNT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def counted() -> timedelta:
    """What the machine has counted. Tests put another count in its place; nothing else asks it."""
    return timedelta(seconds=time.clock_gettime(_COUNT))


class Pace:
    """How far a clock has parted from the count since this was made."""

    def __init__(self, at: datetime) -> None:
        self.began, self._count = at, counted()
        self._told = timedelta(0)

    def expected(self) -> datetime:
        """What the clock would say if it had gone on as the count did."""
        return self.began + (counted() - self._count)

    def jumped(self, at: datetime) -> bool:
        """Whether the clock, which says `at`, has jumped since this was last asked."""
        drift = at - self.expected()
        jumped = abs(drift - self._told) > JUMP
        if jumped:
            self._told = drift
        return jumped


class SteadyScheduler(BackgroundScheduler):
    """APScheduler keeps the next run of a job as an instant of the clock: set back by a month, it would wait for a month.

    This one looks every few seconds whether the clock has jumped, and if so lets every job run at once; each then goes
    on by its interval.
    """

    _pace: Pace | None = None

    def _process_jobs(self) -> float:
        now = calendar.machine_now()
        self._pace = self._pace or Pace(now)
        if self._pace.jumped(now):
            for job in self.get_jobs():
                job.modify(next_run_time=now)
        wait = super()._process_jobs()
        return LONGEST_WAIT if wait is None else min(wait, LONGEST_WAIT)
