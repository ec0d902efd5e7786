"""A task: something that waits for this person, with the day or instant it is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from app import calendar


@dataclass(frozen=True)
class Task:
    title: str  # translated, an imperative: "Approve 12 support-end letters"
    url: str
    about: str = ""  # the case, as people name it
    due: date | datetime | None = None
    note: str = ""  # what else helps to choose: since when the oldest of them waits

    @property
    def due_at(self) -> datetime | None:
        """The instant it is late; a day ends at midnight."""
        if self.due is None or isinstance(self.due, datetime):
            return self.due
        return datetime.combine(self.due, time.max, calendar.JST)

    def is_late(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at <= at


def by_due_date(tasks: Iterable[Task]) -> list[Task]:
    """The late ones first, then by what is due soonest; what has no date comes last."""
    far = datetime.max.replace(tzinfo=calendar.JST)
    return sorted(tasks, key=lambda task: task.due_at or far)
