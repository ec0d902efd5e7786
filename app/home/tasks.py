"""My tasks: every context is asked what waits for this person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from app.applications import tasks as applications
from app.correspondence import tasks as correspondence
from app.councils import tasks as councils
from app.organisations import tasks as organisations
from app.projects import tasks as projects
from app.selection import tasks as selection
from app.web.tasks import Task, by_due_date

ASKED: tuple[Callable[[Any, datetime], Iterable[Task]], ...] = (
    applications.tasks,
    selection.tasks,
    projects.tasks,
    councils.tasks,
    correspondence.tasks,
    organisations.tasks,
)


def tasks_of(actor: Any, at: datetime) -> list[Task]:
    """What waits for `actor` at `at`: the late ones first, then by due date."""
    return by_due_date(task for ask in ASKED for task in ask(actor, at))
