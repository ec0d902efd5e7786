"""What is still to be done before a director can decide a call: looked for in its applications, or in their count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.applications.graces import running_until
from app.applications.models import Application
from app.db import db
from app.lifecycle import APPLICATION, N_
from app.lifecycle.application import LETS_DECIDE, MISSING, MISSING_ELSE, RETURNED, TO_REVIEW
from app.lifecycle.call import UNDECIDED
from app.lifecycle.grace import ASKED, GRANTED
from app.programmes.models import Call
from app.web.arrival import settled

STILL_OPEN = N_("The call is still open: more applications may arrive.")
OF_GRACES = {  # what is missing while a grace stands so, and its time has not passed
    GRANTED.only: N_("An applicant has more time (grace): its application may still arrive."),
    ASKED.only: N_("More time for an applicant (grace) waits for the director's decision."),
}


@dataclass(frozen=True)
class Missing:
    """What stands between a call and its decision, `count` times; `why` is a msgid."""

    why: str
    application: Application | None = None
    until: datetime | None = None
    state: str = ""  # of the application that waits for it; empty where the call itself does
    count: int = 1


@dataclass
class Cause:
    """What is missing for the same reason, counted; `until` is the last instant where each has its own."""

    why: str
    state: str  # of the applications that wait for it; empty where the call itself does
    count: int = 0
    until: datetime | None = None

    @property
    def is_reviewed(self) -> bool:
        """Whether it is dealt with on the page of the selection, not on that of the applications."""
        return self in TO_REVIEW


class Undecided(Exception):
    """The call cannot be decided yet; `missing` says what for."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(
            "; ".join(f"{it.application.number if it.application else ''} {it.why}" for it in missing)
        )
        self.missing = list(missing)


def missing_before_decision(
    call: Call, at: datetime, among: Sequence[Application] | None = None
) -> list[Missing]:
    """What is still to be done before a director can decide `call` at `at`. Empty: nothing.

    Only what has a provisional result, was withdrawn or has lapsed lets the decision pass. An application returned for correction holds the decision up until its due instant; after that it can no
    longer come back, and takes no part. While an applicant has more time (猶予), or a director has still to decide on
    that, the decision waits. What arrived before an instant may wait to be dealt with for some minutes
    after it, so the decision waits as long. `among` are the call's submitted applications, for who has them already.
    """
    by = settled(at)
    among = submitted_to(call) if among is None else among
    each = (_holding_up(it.state, it.has_lapsed(by), it.correction_due_at, application=it) for it in among)
    return [*_call_itself(call, by), *filter(None, each)]


def missing_counted(call: Call, at: datetime, rows: Iterable[Any]) -> list[Missing]:
    """The same from the applications as the database has counted them: see progress.py."""
    each = (_holding_up(it.state, it.has_lapsed, it.due_at, count=it.count) for it in rows)
    return [*_call_itself(call, settled(at)), *filter(None, each)]


def _call_itself(call: Call, by: datetime) -> list[Missing]:
    if call not in UNDECIDED:
        return []
    is_open = [] if call.has_closed_at(by) else [Missing(STILL_OPEN, until=call.closes_at)]
    running = running_until(call, by)
    return is_open + [
        Missing(why, until=running[state]) for state, why in OF_GRACES.items() if state in running
    ]


def _holding_up(state: str, has_lapsed: bool, due_at: datetime | None, **more: Any) -> Missing | None:
    if state in LETS_DECIDE or has_lapsed:
        return None
    until = due_at if state in RETURNED else None
    return Missing(MISSING.get(state, MISSING_ELSE), until=until, state=state, **more)


def by_cause(missing: Sequence[Missing]) -> list[Cause]:
    """What is missing, counted: the call itself first, then in the order in which the office deals with it."""
    causes: dict[tuple[str, str], Cause] = {}
    for it in missing:
        cause = causes.setdefault((it.state, "" if it.state else it.why), Cause(it.why, it.state))
        cause.count += it.count
        cause.until = max(filter(None, (cause.until, it.until)), default=None)
    order = ["", *APPLICATION.states]
    return sorted(causes.values(), key=lambda cause: order.index(cause.state))


def submitted_to(call: Call) -> list[Application]:
    """All applications that were submitted to the call, withdrawn ones too, in the order of their numbers."""
    query = select(Application).where(Application.call_id == call.id, Application.submitted_at.is_not(None))
    return list(
        db.session.scalars(query.options(joinedload(Application.organisation)).order_by(Application.sequence))
    )
