"""How far the applications of the calls are that are not announced yet: one question for tasks and figures alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from app.applications.models import Application
from app.db import db
from app.lifecycle import APPLICATION
from app.lifecycle.application import BEFORE_SUBMISSION, LAPSED, WITH_THE_OFFICE
from app.lifecycle.call import IN_PROCESS
from app.memory import CASES, HOUSE, remembered
from app.programmes.models import Call


def by_call_and_state(at: datetime) -> Sequence[Any]:
    """Rows (call_id, title, call_state, closes_at, state, count, due, oldest), by call; no state: no application.

    What was not resubmitted by `at` counts as lapsed; `due` is the earliest instant for a resubmission, `oldest` the
    earliest of their last submissions.
    """

    def ask() -> Sequence[Any]:
        calls = calls_in_process()
        state = case((Application.lapsed_by(at), LAPSED.only), else_=Application.state).label("stands")
        about = (Call.id, Call.title, Call.state, Call.closes_at, state)
        return db.session.execute(
            select(
                Call.id.label("call_id"),
                Call.title,
                Call.state.label("call_state"),
                Call.closes_at,
                state.label("state"),
                func.count(Application.id).label("count"),
                func.min(Application.correction_due_at).label("due"),
                func.min(Application.submitted_at).label("oldest"),
            )
            # Named by their ids, since the database knows how few applications these have.
            .outerjoin(Application, (Application.call_id == Call.id) & Application.call_id.in_(calls))
            .where(Call.id.in_(calls))
            .group_by(*about)
            .order_by(Call.id, state)
        ).all()

    minute = at.replace(second=0, microsecond=0)
    return remembered(("applications by call and state", minute), ask, HOUSE, CASES)


def calls_in_process() -> list[int]:
    """The ids of the calls whose results are not told yet."""
    query = select(Call.id).where(IN_PROCESS.of(Call)).order_by(Call.id)
    return remembered("calls in process", lambda: list(db.session.scalars(query)), HOUSE)


def with_office(at: datetime) -> Any:
    """The condition of being checked or reviewed at `at` for results that are not told yet."""
    return Application.stands_in(WITH_THE_OFFICE.names, at) & Application.call_id.in_(calls_in_process())


def shown_states(rows: Sequence[Any]) -> list[tuple[str, int]]:
    """(state, count) in the order of a case's life; what is not submitted counts together under the first of them."""
    counts = {row.state: row.count for row in rows if row.state}
    drafts = sum(counts.get(state, 0) for state in BEFORE_SUBMISSION)
    return [
        (APPLICATION.initial, drafts),
        *((state, counts.get(state, 0)) for state in WITH_THE_OFFICE),
        *((state, counts[state]) for state in LAPSED if state in counts),
    ]
