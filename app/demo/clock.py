"""The demo's clock: moved forward day by day, and each passed day's jobs run in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from app import calendar
from app.actors import Actor
from app.db import db
from app.demo.following import follow_the_record
from app.web import clock
from app.web.manifest import answer

FURTHEST = timedelta(days=366 * 8)
OPENS = time(9)  # when the jobs of a day run

RunDaily = Callable[..., dict[str, Any]]


class NotForward(ValueError):
    """The clock only moves forward, and not out of the programme's reach."""


def hour_of_jobs(day: date) -> datetime:
    """Nine in the morning, or the hour that it is: what is done afterwards must not be done before the jobs were."""
    return min(datetime.combine(day, OPENS, calendar.JST), calendar.now())


def check_forward(day: date) -> None:
    """Raises NotForward when the clock cannot move to `day`."""
    today = calendar.today()
    if day <= today:
        raise NotForward(
            f"the clock stands at {today.isoformat()} and only moves forward; start anew to go back"
        )
    if day - today > FURTHEST:
        raise NotForward(f"{day.isoformat()} is too far ahead; move the clock in smaller steps")


def move_clock(
    day: date, run_daily: RunDaily, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Let each day until `day` happen: the clock turns, the day's jobs run; how many days. Commits after each.

    Broken off, it stands at the day it had reached, and goes on from there when it is asked again.
    """
    start = calendar.today()
    total = (day - start).days
    for passed in range(1, total + 1):
        today = start + timedelta(days=passed)
        clock.set_day(today)
        at = hour_of_jobs(today) if passed == total else datetime.combine(today, OPENS, calendar.JST)
        follow_the_record(at)
        db.session.commit()
        run_daily(today, at=at)
        calendar.pin(today)
        progress(passed, total)
    return max(total, 0)


def move(
    arguments: dict[str, Any], *, actor: Actor, at: datetime, progress: Callable[[int, int], None]
) -> None:
    """The same as long work."""
    move_clock(date.fromisoformat(arguments["day"]), answer("run_daily"), progress=progress)
