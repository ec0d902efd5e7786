"""How far the selection of a call is, counted by the database: a call may have thousands of applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from app.applications.models import Application
from app.db import db
from app.lifecycle.application import ACCEPTED, PROVISIONAL
from app.lifecycle.call import UNDECIDED
from app.memory import CASES, remembered
from app.programmes.models import Call
from app.selection.models import Result
from app.selection.readiness import Cause, by_cause, missing_counted
from app.web.arrival import settled


@dataclass(frozen=True)
class Progress:
    """`causes` is what is missing before the decision; the rest are numbers of applications."""

    causes: Sequence[Cause]
    accepted: int
    selected: int
    not_selected: int
    lapsed: int

    @property
    def without_result(self) -> int:
        return sum(cause.count for cause in self.causes if cause.state)


def progress_of(call: Call, at: datetime) -> Progress:
    rows = _counted(call, at)
    provisional = [row for row in rows if row in PROVISIONAL]
    return Progress(
        by_cause(missing_counted(call, at, rows)) if call in UNDECIDED else [],
        accepted=sum(row.count for row in rows if row in ACCEPTED),
        selected=sum(row.selected for row in provisional),
        not_selected=sum(row.results - row.selected for row in provisional),
        lapsed=sum(row.count for row in rows if row.has_lapsed),
    )


@dataclass(frozen=True)
class Counted:
    """The applications of a call that stand alike."""

    state: str
    has_lapsed: bool
    count: int
    due_at: datetime | None  # the last instant until which one of them may be mended
    results: int
    selected: int


def _counted(call: Call, at: datetime) -> Sequence[Counted]:
    by = settled(at)

    def ask() -> Sequence[Counted]:
        has_lapsed = case((Application.lapsed_by(by), True), else_=False).label("has_lapsed")
        query = (
            select(
                Application.state,
                has_lapsed,
                func.count(),
                func.max(Application.correction_due_at),
                func.count(Result.id),
                func.count(case((Result.selected, 1))),
            )
            .outerjoin(Application.result)
            .where(Application.call_id == call.id, Application.submitted_at.is_not(None))
            .group_by(Application.state, has_lapsed)
        )
        return [Counted(*row) for row in db.session.execute(query)]

    minute = at.replace(second=0, microsecond=0)  # what has lapsed by now is counted anew in the next one
    return remembered(("selection of a call", call.id, minute), ask, CASES)
