"""How far the applications of the calls are that are not announced yet: one question for tasks and figures alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select

from app import calendar
from app.applications.models import Application, Correction
from app.db import db
from app.lifecycle import APPLICATION
from app.lifecycle.application import BEFORE_SUBMISSION, LAPSED, RETURNED, TO_CHECK, WITH_THE_OFFICE
from app.lifecycle.call import IN_PROCESS, UNDECIDED
from app.memory import CASES, HOUSE, remembered
from app.programmes.models import Call
from app.schedule.reminders import rules_in_force

NOT_OPENED = "not_opened"


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


@dataclass(frozen=True)
class Waiting:
    """Applications of a call that wait for an officer: to be checked, not opened by the applicant, or lapsed."""

    what: str  # a state, or NOT_OPENED
    call_id: int
    title: str
    assignee_id: int | None
    count: int
    oldest: datetime | None  # of their last submissions
    due: datetime | None  # the earliest


def waiting(at: datetime) -> Sequence[Waiting]:
    """What waits for the officers of calls that are not decided, by call and by whom it is assigned to."""

    def ask() -> Sequence[Waiting]:
        lapsed, unopened = Application.lapsed_by(at), not_opened(long_ago(at))
        what = case(
            (lapsed, LAPSED.only), (TO_CHECK.of(Application), TO_CHECK.only), (unopened, NOT_OPENED)
        ).label("what")
        rows = db.session.execute(
            select(
                what,
                Call.id,
                Call.title,
                Application.assignee_id,
                func.count(Application.id),
                func.min(Application.submitted_at),
                func.min(Application.correction_due_at),
            )
            .join(Application.call)
            .where(
                Application.call_id.in_(calls_in_process()),
                UNDECIDED.of(Call),
                or_(lapsed, TO_CHECK.of(Application), unopened),
            )
            .group_by(what, Call.id, Call.title, Application.assignee_id)
            .order_by(Call.id, what, Application.assignee_id)
        )
        return [Waiting(*row) for row in rows]

    minute = at.replace(second=0, microsecond=0)
    return remembered(("applications that wait for officers", minute), ask, HOUSE, CASES)


def calls_in_process() -> list[int]:
    """The ids of the calls whose results are not told yet."""
    query = select(Call.id).where(IN_PROCESS.of(Call)).order_by(Call.id)
    return remembered("calls in process", lambda: list(db.session.scalars(query)), HOUSE)


def with_office(at: datetime) -> Any:
    """The condition of being checked or reviewed at `at` for results that are not told yet."""
    return Application.stands_in(WITH_THE_OFFICE.names, at) & Application.call_id.in_(calls_in_process())


def long_ago(at: datetime) -> datetime:
    """What was returned before this instant should have been opened by `at`: its reminder is due (schedule/rules.py)."""
    days, today = min(rules_in_force()["correction_unopened"].days), calendar.day_of(at)
    day = today
    while calendar.business_days_after(day, max(days, 1)) > today:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), calendar.JST)


def not_opened(since: datetime | None = None) -> Any:
    """The condition of standing returned, at `since` already, without anybody of the body having looked at it."""
    unread = select(Correction.application_id).where(
        Correction.opened_at.is_(None), Correction.resubmitted_at.is_(None)
    )
    if since is not None:
        unread = unread.where(Correction.asked_at < since)
    return RETURNED.of(Application) & Application.id.in_(unread)


def shown_states(rows: Sequence[Any]) -> list[tuple[str, int]]:
    """(state, count) in the order of a case's life; what is not submitted counts together under the first of them."""
    counts = {row.state: row.count for row in rows if row.state}
    drafts = sum(counts.get(state, 0) for state in BEFORE_SUBMISSION)
    return [
        (APPLICATION.initial, drafts),
        *((state, counts.get(state, 0)) for state in WITH_THE_OFFICE),
        *((state, counts[state]) for state in LAPSED if state in counts),
    ]
