"""Handing in: the draft goes to the approver and from there, in time, to the office; what is handed in is frozen with its hash.

What counts is when the request `arrived`, whole, however long it then waited to be dealt with; `at` is the instant by which the
history goes.
"""

from __future__ import annotations

from datetime import date, datetime

from app.actors import Actor
from app.continuation import mails
from app.continuation.drafting import fingerprint
from app.continuation.models import Continuation
from app.db import held
from app.lifecycle import move, must_be_open
from app.questions import freezing
from app.questions.answering import problems_of
from app.questions.freezing import Incomplete
from app.questions.models import FrozenResponse


class TooLate(Exception):
    """The last day on which it could have been submitted (`due_on`) is over."""

    def __init__(self, continuation: Continuation, due_on: date) -> None:
        super().__init__(f"continuation {continuation.id} was due on {due_on}")
        self.due_on = due_on


class ChangedSinceSeen(Exception):
    """It was changed after whoever submits opened the page."""


def hand_over(
    continuation: Continuation, *, actor: Actor, at: datetime, arrived: datetime | None = None
) -> None:
    """Ask the approver to submit; nobody writes meanwhile. Raises TooLate, Incomplete while something is missing, NotAllowed."""
    continuation = _held(continuation)
    _refuse_late(continuation, arrived or at)
    must_be_open(continuation, "hand_over", actor=actor, at=at)
    _refuse_incomplete(continuation)
    move(continuation, "hand_over", actor=actor, at=at)
    continuation.handed_over_at, continuation.handed_over_by = at, actor.name
    continuation.sent_back_reason, continuation.sent_back_by = "", ""
    mails.approval_asked(continuation, at=at)


def take_back(continuation: Continuation, *, actor: Actor, at: datetime) -> None:
    """引戻し: the editor goes on writing. Raises NotAllowed."""
    continuation = _held(continuation)
    move(continuation, "take_back", actor=actor, at=at)
    continuation.handed_over_at, continuation.handed_over_by = None, ""


def send_back(continuation: Continuation, *, reason: str, actor: Actor, at: datetime) -> None:
    """差戻し: the approver gives it back to the editor, who sees why. Raises ValueError without a reason, NotAllowed."""
    if not reason.strip():
        raise ValueError("sending back needs a reason")
    continuation = _held(continuation)
    move(continuation, "send_back", actor=actor, at=at, changes={"reason": reason.strip()})
    continuation.handed_over_at, continuation.handed_over_by = None, ""
    continuation.sent_back_reason, continuation.sent_back_by = reason.strip(), actor.name
    mails.sent_back(continuation, at=at)


def submit(
    continuation: Continuation,
    *,
    seen: str | None = None,
    actor: Actor,
    at: datetime,
    arrived: datetime | None = None,
) -> FrozenResponse:
    """Hand it in: it is frozen, and a receipt is mailed. `seen` is the fingerprint of what the approver read.

    Raises TooLate once its last day is over, NotAllowed (also once support is over or the extension is recorded), Incomplete,
    ChangedSinceSeen.
    """
    continuation = _held(continuation)
    arrived = _decisive(continuation, arrived, at)
    must_be_open(continuation, "submit", actor=actor, at=at)
    _refuse_late(continuation, arrived)
    _refuse_incomplete(continuation)
    if seen is not None and seen != fingerprint(continuation):
        raise ChangedSinceSeen
    again = continuation.was_submitted
    frozen = freezing.freeze(continuation.answered, actor=actor, at=arrived)
    continuation.submitted_at, continuation.submitted_by = arrived, actor.name
    continuation.handed_over_at, continuation.handed_over_by = None, ""
    continuation.sent_back_reason, continuation.sent_back_by = "", ""
    changes = {"sha256": frozen.sha256, "received_at": arrived, "years": continuation.years_asked}
    move(continuation, "submit", actor=actor, at=at, changes=changes)
    mails.received(continuation, frozen, again=again, at=at)
    return frozen


def withdraw(continuation: Continuation, *, reason: str, actor: Actor, at: datetime) -> None:
    """Withdraw it for good; another may be started in time. Raises ValueError without a reason, NotAllowed once it is decided."""
    if not reason.strip():
        raise ValueError("a withdrawal needs a reason")
    continuation = _held(continuation)
    was_submitted = continuation.was_submitted
    move(continuation, "withdraw", actor=actor, at=at, changes={"reason": reason.strip()})
    continuation.withdrawal_reason = reason.strip()
    continuation.handed_over_at, continuation.handed_over_by = None, ""
    if was_submitted:
        mails.withdrawn(continuation, at=at)


def _decisive(continuation: Continuation, arrived: datetime | None, at: datetime) -> datetime:
    """When the request arrived, but never before the last save of what it hands in."""
    if arrived is None:
        return at
    written = [datetime.fromisoformat(saved["at"]) for saved in continuation.answered.saves.values()]
    return min(at, max(arrived, *written, continuation.created_at))


def _refuse_late(continuation: Continuation, arrived: datetime) -> None:
    if arrived >= continuation.closes_at:
        raise TooLate(continuation, continuation.due_on)


def _refuse_incomplete(continuation: Continuation) -> None:
    if problems := problems_of(continuation.answered):
        raise Incomplete(problems)


def _held(continuation: Continuation) -> Continuation:
    """With its answers: first itself, as every save of a section does."""
    continuation = held(continuation)
    held(continuation.answered)
    return continuation
