"""The ledger of reminders, rules as staff changed them, and the queue of long work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Composed, Model, Searchable, UtcDateTime


class Reminder(Searchable, Model):
    """A reminder that has been dealt with: sent, or overtaken by a later one of its series."""

    __tablename__ = "reminders"
    kind = "reminder"
    searched = {"search_text": ("subject_name",)}

    key: Mapped[str] = mapped_column(String(160), unique=True)  # rule:kind:id:anchor's day:days
    rule: Mapped[str] = mapped_column(String(40), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    subject_name: Mapped[str] = mapped_column(Composed(300), default="")
    due_on: Mapped[date]
    handled_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    overtaken: Mapped[bool] = mapped_column(default=False)


class RuleDays(Model):
    """The days of one rule as staff set them, in place of those in `rules.py`."""

    __tablename__ = "rule_days"
    kind = "rule_days"

    rule: Mapped[str] = mapped_column(String(40), unique=True)
    days: Mapped[list[int]] = mapped_column(JSON)


class Work(Model):
    """Work too long for a request: queued by a person, done by the worker, followed on a page."""

    __tablename__ = "works"
    kind = "work"

    name: Mapped[str] = mapped_column(String(40))  # as a manifest names it
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    tenure_id: Mapped[int | None]  # on whose behalf; None: the system's
    title: Mapped[str] = mapped_column(Composed(200))
    then: Mapped[str] = mapped_column(String(300))  # the page to go on to
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)  # more than one: a worker died over it
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")  # a msgid: told in the reader's language

    __table_args__ = (CheckConstraint("error = '' OR finished_at IS NOT NULL", name="failed_is_finished"),)

    @property
    def progress_state(self) -> str:
        """queued, running, finished or failed: derived from what has happened to it."""
        if self.finished_at:
            return "failed" if self.error else "finished"
        return "running" if self.started_at else "queued"
