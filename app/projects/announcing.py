"""The announcement as long work: results released, projects opened, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app import halting
from app.actors import Actor
from app.correspondence.letters import ClosedDay
from app.db import db
from app.lifecycle import N_
from app.programmes.models import Call
from app.projects.operations import open_from
from app.schedule.work import WorkFailed
from app.selection.operations import release

CLOSED = N_(
    "The office is closed today, and nothing leaves it on such a day. Nothing has been announced: announce the "
    "results on the next working day."
)


def announce(
    arguments: dict[str, Any], *, actor: Actor, at: datetime, progress: Callable[[int, int], None]
) -> None:
    """Release the results of `arguments["call_id"]` and open a project for each selected application.

    The worker commits once, at the end: either everybody learns the result or nobody does. New projects are
    numbered in the order of their lead applicant's code, as the programme's list is. Raises WorkFailed when its turn
    comes on a closed day: what was queued on a Friday night may find the worker on Saturday; and while the work is
    halted.
    """
    call = db.session.get_one(Call, arguments["call_id"])
    try:
        halting.refuse()
        selected, _not_selected = release(call, actor=actor, at=at, progress=progress)
    except ClosedDay as problem:
        raise WorkFailed(CLOSED) from problem
    except halting.Halted as problem:
        raise WorkFailed(problem.msgid) from problem
    for application in sorted(selected, key=lambda it: it.organisation.code or ""):
        open_from(application, actor=actor, at=at)
