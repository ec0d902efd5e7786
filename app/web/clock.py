"""Each request, command and job reads the demo's clock before it asks for the time.

Outside a demo nothing is pinned and the machine's clock counts. In a demo the day is kept in the database, so that
all workers agree on it; BANSO_TODAY is where it starts.
"""

from __future__ import annotations

from datetime import date

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app import calendar
from app.db import Setting, db

NAME = "today"


def sync() -> None:
    """Pin the calendar to the demo's day, where there is one; a test freezes an instant by PINNED_CLOCK."""
    calendar.pin(current_app.config.get("PINNED_CLOCK"))
    if not current_app.config["DEMO"]:
        return
    try:
        kept = Setting.get(NAME)
    except SQLAlchemyError:  # not migrated yet, or away: the guard of the request tells; the clock must not
        db.session.rollback()
        kept = None
    calendar.pin(date.fromisoformat(kept) if kept else current_app.config["TODAY"])


def set_day(day: date) -> None:
    """Move the demo's clock to `day`. The caller commits."""
    Setting.put(NAME, day.isoformat())
    calendar.pin(day)


def follow(day: date) -> None:
    """Let a pinned clock come along to `day`; it never runs back."""
    if day > calendar.today():
        set_day(day)
