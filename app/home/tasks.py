"""My tasks: every context is asked what waits for this person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from app import halting
from app.actors import Actor
from app.web.manifest import manifests
from app.web.tasks import Task, by_due_date


def halt_tasks(who: Actor, at: datetime) -> Iterable[Task]:
    """For those who may lift a halt, and for those who have to know of it."""
    if not who.may("schedule.view") or not halting.is_noted():
        return
    for found in halting.open_halts():
        may = who.may("jobs.resume")
        yield Task(
            _("See whether the automatic work may go on")
            if may
            else _("The automatic work is halted: ask a director or an administrator to look"),
            url_for("home.resume") if may else url_for("home.halt"),
            about=_(found.why.label),
            due=found.since,
        )


def tasks_of(actor: Actor, at: datetime) -> list[Task]:
    """What waits for `actor` at `at`: the late ones first, then by due date."""
    return by_due_date(task for it in manifests() if it.tasks for task in it.tasks(actor, at))
