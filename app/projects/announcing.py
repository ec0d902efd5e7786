"""The announcement as long work: results released, projects opened, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.db import db
from app.programmes.models import Call
from app.projects.operations import open_from
from app.selection.operations import release


def announce(
    arguments: dict[str, Any], *, actor: Any, at: datetime, progress: Callable[[int, int], None]
) -> None:
    """Release the results of `arguments["call_id"]` and open a project for each selected application.

    The worker commits once, at the end: either everybody learns the result or nobody does. New projects are
    numbered in the order of their lead applicant's code, as the programme's list is.
    """
    call = db.session.get_one(Call, arguments["call_id"])
    selected, _not_selected = release(call, actor=actor, at=at, progress=progress)
    for application in sorted(selected, key=lambda it: it.organisation.code or ""):
        open_from(application, actor=actor, at=at)
