"""Each request, command and job reads the demo's clock before it asks for the time.

Outside a demo nothing is pinned and the machine's clock counts. In a demo the day is kept in the database, so that
all workers and commands agree on it; BANSO_TODAY is where it starts.
"""

from __future__ import annotations

from datetime import date

from flask import current_app, g
from sqlalchemy.exc import SQLAlchemyError

from app import calendar
from app.db import db
from app.installation import Setting

NAME = "today"


def sync() -> None:
    """Pin the calendar to the demo's day, where there is one; a test freezes an instant by PINNED_CLOCK."""
    frozen = current_app.config.get("PINNED_CLOCK")
    day = None if frozen else _kept_day() or current_app.config["TODAY"]
    g.demo = day is not None
    calendar.pin(frozen or day)


def in_demo() -> bool:
    """Whether the clock of this request or command is a demo's."""
    return bool(g.get("demo"))


def set_day(day: date) -> None:
    """Move the demo's clock to `day`. The caller commits."""
    Setting.put(NAME, day.isoformat())
    g.demo = True
    calendar.pin(day)


def follow(day: date) -> None:
    """Let a pinned clock come along to `day`; it never runs back."""
    if day > calendar.today():
        set_day(day)


def _kept_day() -> date | None:
    try:
        day = Setting.get(NAME)
    except SQLAlchemyError:  # not migrated yet, or away: the guard of the request tells; the clock must not
        db.session.rollback()
        return None
    return date.fromisoformat(day) if day else None
