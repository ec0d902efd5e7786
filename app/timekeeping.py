"""Whether the machine's clock can be believed; where it cannot, the automatic work is halted and staff are told.

A running process knows for certain that the clock has jumped: it counts by itself how much time has passed
(app/pace.py). After a restart nobody can tell a clock that leapt from a system that stood still, so a person is asked
after each gap of more than a day: docs/adr/0017. In a demo the clock is moved on purpose, and nobody looks here.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import halting
from app.correspondence.halts import tell_staff
from app.db import db
from app.halting import CLOCK_AHEAD, CLOCK_BEHIND, Halt
from app.history import HistoryEntry
from app.installation import Setting
from app.pace import Pace
from app.permissions import SYSTEM

AHEAD = timedelta(days=1)
BEHIND = timedelta(minutes=10)  # machines differ a little, and are corrected by a little
CAUGHT_UP = "時計が記録済みの日時に追いついたため、自動的に再開した。"
log = logging.getLogger(__name__)


def look(at: datetime, *, mark: bool = False) -> None:
    """Compare the clock, which says `at`, with what is known of time; halt the work where it has leapt. Commits.

    Asks the database only at the first look of this process, after a jump, and with `mark`: then `at` is also kept as
    the last instant at which the clock was found right.
    """
    global _pace, _judged, _due
    with _lock:
        pace = _pace = _pace or Pace(at)
        _due = pace.jumped(at) or mark or not _judged or _due
        if not _due:
            return
        waiting = halting.open_halts()
        if waiting:
            forget()  # how the clock was mended meanwhile is for the person to see who lifts the halt
            for halt in waiting:
                _lift_when_caught_up(halt, at)
        elif _judge(at, pace) and mark:
            Setting.put(halting.SEEN, at.isoformat())
        db.session.commit()
        _judged, _due = _pace is not None, False  # where the database was away, the next look judges


def last_known() -> datetime | None:
    """The latest instant on record, by the last look and by the newest entry of the history. None: there was no look."""
    # Read anew: what this turn has read before may be from before a halt was lifted.
    query = select(Setting.name, Setting.value).where(Setting.name.in_((halting.SEEN, halting.ENTRIES_FROM)))
    settings = {row.name: row.value for row in db.session.execute(query)}
    seen = settings.get(halting.SEEN)
    if seen is None:
        return None
    believed = int(settings.get(halting.ENTRIES_FROM, 0))
    newest = select(HistoryEntry.at).where(HistoryEntry.id > believed).order_by(HistoryEntry.id.desc())
    return max([datetime.fromisoformat(seen), *db.session.scalars(newest.limit(1))])


def forget() -> None:
    """Begin anew, as a process does that has just been started."""
    global _pace, _judged, _due
    _pace, _judged, _due = None, False, False


def _judge(at: datetime, pace: Pace) -> bool:
    """Whether the clock can be believed. Until a process has been judged once, its start may have followed a gap."""
    known = last_known()
    if known is None:
        halting.believe_clock(at)  # the very first look: there is nothing to hold against the clock
        return True
    counted = pace.expected() - pace.began
    expected = pace.expected() if _judged else known + counted
    facts: dict[str, Any] = {"clock": at.isoformat(), "last_known": known.isoformat()}
    if _judged:
        facts["expected"] = expected.isoformat()
    if at < known - BEHIND:
        _halt(CLOCK_BEHIND, at, facts)
    elif at - expected > AHEAD:
        _halt(CLOCK_AHEAD, at, facts)
    else:
        return True
    return False


def _halt(reason: str, at: datetime, facts: dict[str, Any]) -> None:
    log.error("the automatic work is halted: %s %s", reason, facts)
    tell_staff(halting.halt(reason, at=at, facts=facts), at=at)
    forget()


def _lift_when_caught_up(halt: Halt, at: datetime) -> None:
    if halt.reason == CLOCK_BEHIND and at >= datetime.fromisoformat(halt.facts["last_known"]):
        halting.lift(halt, actor=SYSTEM, at=at, remark=CAUGHT_UP)


_pace: Pace | None = None
_judged = False  # whether this process has been judged since it was started, or since a halt
_due = False  # whether there is something to be judged
_lock = threading.Lock()
