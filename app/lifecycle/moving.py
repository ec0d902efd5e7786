"""How a record moves: which moves are open to a person now, why one is not, and the one function that assigns a state.

Facts about a record that only a context above knows are handed over by their name: see the guards that ask for `known`.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from app.actors import Actor
from app.lifecycle.application import APPLICATION
from app.lifecycle.call import CALL
from app.lifecycle.change_request import CHANGE_REQUEST
from app.lifecycle.continuation import CONTINUATION
from app.lifecycle.council import COUNCIL
from app.lifecycle.delegation import DELEGATION
from app.lifecycle.evaluation import EVALUATION
from app.lifecycle.evaluation_meeting import EVALUATION_MEETING
from app.lifecycle.grace import GRACE
from app.lifecycle.joint_applicant import JOINT_APPLICANT
from app.lifecycle.letter import LETTER
from app.lifecycle.membership import MEMBERSHIP
from app.lifecycle.obstacle import OBSTACLE
from app.lifecycle.project import PROJECT
from app.lifecycle.report import REPORT
from app.lifecycle.seat_check import SEAT_CHECK
from app.lifecycle.survey import SURVEY
from app.lifecycle.survey_answer import SURVEY_ANSWER
from app.lifecycle.table import Guard, Move

LIFECYCLES = {
    table.kind: table
    for table in (
        CALL,
        GRACE,
        APPLICATION,
        DELEGATION,
        JOINT_APPLICANT,
        PROJECT,
        CONTINUATION,
        CHANGE_REQUEST,
        OBSTACLE,
        REPORT,
        COUNCIL,
        MEMBERSHIP,
        LETTER,
        SEAT_CHECK,
        SURVEY,
        SURVEY_ANSWER,
        EVALUATION_MEETING,
        EVALUATION,
    )
}


class NotAllowed(Exception):
    """The move is not open: the record has moved on, a guard is closed, or it is not this person's to make."""

    def __init__(self, record: Any, name: str, why: str, guard: Guard | None = None) -> None:
        super().__init__(f"{name} on {record.kind} {record.id}: {why}")
        self.record, self.name, self.why = record, name, why
        self.guard = (
            guard  # the one that is closed; None where the record has moved on, or the person may not
        )


def move(
    record: Any,
    name: str,
    *,
    actor: Actor,
    at: datetime,
    changes: dict[str, Any] | None = None,
    **known: Any,
) -> None:
    """Apply the move `name` to `record` and write it into the history. Raises as `must_be_open` does."""
    step = must_be_open(record, name, actor=actor, at=at, **known)
    changes = changes or {}
    if step.target is not None:
        before, record.state = record.state, step.target
        changes = {"state": [before, step.target], **changes}
    record.record(step.event, actor=actor, at=at, audience=step.audience, changes=changes)


def must_be_open(record: Any, name: str, *, actor: Actor, at: datetime, **known: Any) -> Move:
    """The move, where it is open: for whoever has to do something else before it.

    Raises NotAllowed when the record does not stand at a source of the move, a guard is closed or `actor` may not make
    it, KeyError for a move that does not exist.
    """
    step = LIFECYCLES[record.kind].moves[name]
    if record.state not in step.sources:
        raise NotAllowed(record, name, f"it is {record.state}")
    if not actor.may(step.permission, record):
        raise NotAllowed(record, name, "not permitted")
    if closed := closed_guard(record, name, at=at, **known):
        raise NotAllowed(record, name, closed.sentence, closed)
    return step


def closed_guard(record: Any, name: str, *, at: datetime, **known: Any) -> Guard | None:
    """The first guard of the move that does not hold now; None when all do."""
    facts = SimpleNamespace(at=at, **known)
    return next(
        (it for it in LIFECYCLES[record.kind].moves[name].guards if not it.holds(record, facts)), None
    )


def is_open(record: Any, name: str, *, actor: Actor, at: datetime, **known: Any) -> bool:
    """Whether `actor` may make the move on `record` now."""
    return bool(open_moves(record, actor, at=at, among=(name,), **known))


def open_moves(
    record: Any, actor: Actor, *, at: datetime, among: Container[str] | None = None, **known: Any
) -> list[Move]:
    """The moves (`among` those named) that `actor` may make on `record` as it stands now, in the table's order."""
    return [
        step
        for step in LIFECYCLES[record.kind].moves.values()
        if (among is None or step.name in among)
        and record.state in step.sources
        and actor.may(step.permission, record)
        and closed_guard(record, step.name, at=at, **known) is None
    ]


def group_tests() -> dict[str, Callable[[Any], bool]]:
    """For templates: `{% if application is returned %}` asks for the group RETURNED of the record's kind.

    A test for each name of a group, whichever kinds have one of that name; KeyError for a record whose kind has none.
    """
    return {name: _standing_in(name) for table in LIFECYCLES.values() for name in table.groups}


def _standing_in(name: str) -> Callable[[Any], bool]:
    return lambda record: record in LIFECYCLES[record.kind].groups[name]
