"""The ledger of reminders and the queue of long work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, UtcDateTime


class Reminder(Model):
    """A reminder that has been dealt with: sent, or overtaken by a later one of its series."""

    __tablename__ = "reminders"
    kind = "reminder"

    key: Mapped[str] = mapped_column(String(160), unique=True)  # rule:kind:id:offset[:due]
    rule: Mapped[str] = mapped_column(String(40), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    due_on: Mapped[date]
    handled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    overtaken: Mapped[bool] = mapped_column(default=False)


class Work(Model):
    """Work too long for a request: queued by a person, done by the worker, followed on a page."""

    __tablename__ = "works"
    kind = "work"

    name: Mapped[str] = mapped_column(String(40))  # a key of jobs.WORK
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    tenure_id: Mapped[int | None]  # on whose behalf
    title: Mapped[str] = mapped_column(String(200))
    then: Mapped[str] = mapped_column(String(300))  # the page to go on to
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def visible_to(cls, actor):
        return select(cls) if actor.may("work.view") else select(cls).where(False)
