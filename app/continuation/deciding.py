"""The office's side: an officer checks or returns it, a director certifies the extension or not.

The decision is recorded as an officer's record is (projects/extension.py): that alone moves the end of support. The letters
are drafted with it, and go the way of every letter.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app import calendar
from app.actors import Actor
from app.continuation import letters, mails
from app.continuation.drafting import of_project
from app.continuation.models import Continuation
from app.db import held
from app.explained import N_
from app.lifecycle import move, must_be_open
from app.lifecycle.continuation import WITH_OFFICE
from app.organisations.operations import Refused
from app.projects import extension
from app.projects.extension import OutOfBounds
from app.projects.models import CERTIFIED, REFUSED, Project

TO_COME = N_("Give the body a day that is still to come.")
BEFORE_THE_END = N_("The day must not be after the last day of support, %(day)s.")
BY_HOW_MANY = N_("Say by how many years it is extended.")
DECIDED_THERE = N_(
    "An application for an extension lies with the office: what becomes of it is recorded by its decision."
)


def check(continuation: Continuation, *, opinion: str, actor: Actor, at: datetime) -> None:
    """An officer has checked it; `opinion` is for the director. Raises NotAllowed."""
    continuation = held(continuation)
    move(continuation, "check", actor=actor, at=at, changes={"reason": opinion.strip()})
    continuation.opinion = opinion.strip()
    continuation.checked_at, continuation.checked_by = at, actor.name


def return_for_correction(
    continuation: Continuation, *, defects: str, due_on: date, actor: Actor, at: datetime
) -> None:
    """Ask the body to mend it by `due_on`. Raises ValueError without words, OutOfBounds for a day that cannot be, NotAllowed."""
    if not defects.strip():
        raise ValueError("it is returned in words")
    continuation = held(continuation)
    must_be_open(continuation, "return_for_correction", actor=actor, at=at)
    if due_on <= calendar.day_of(at):
        raise OutOfBounds("due_on", TO_COME)
    if due_on > continuation.project.ends_on:
        raise OutOfBounds("due_on", BEFORE_THE_END, day=continuation.project.ends_on)
    continuation.defects, continuation.returned_until = defects.strip(), due_on
    continuation.opinion, continuation.checked_at, continuation.checked_by = "", None, ""
    due_at = datetime.combine(due_on + timedelta(days=1), time(), calendar.JST)
    changes = {"reason": defects.strip(), "due_at": due_at}
    move(continuation, "return_for_correction", actor=actor, at=at, changes=changes)
    mails.returned(continuation, at=at)


def certify(continuation: Continuation, *, years: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """The extension by `years` is certified: the end of support moves, and the letters are drafted.

    Raises NotAllowed, Refused for years that the call does not offer, and once a letter that tells the end was issued.
    """
    continuation = held(continuation)
    must_be_open(continuation, "certify", actor=actor, at=at)
    if years < 1:
        raise OutOfBounds("years", BY_HOW_MANY)
    continuation.years = years
    _decide(continuation, "certify", CERTIFIED, years, remark, actor, at)


def refuse(continuation: Continuation, *, reason: str, actor: Actor, at: datetime) -> None:
    """It is not certified: support ends as it would have. The letters with the reasons are drafted.

    Raises ValueError without reasons, NotAllowed, Refused once a letter that tells the end was issued.
    """
    if not reason.strip():
        raise ValueError("an extension is refused for reasons")
    continuation = held(continuation)
    must_be_open(continuation, "refuse", actor=actor, at=at)
    _decide(continuation, "refuse", REFUSED, 0, reason, actor, at)


def refuse_by_hand(project: Project) -> None:
    """What was decided on paper is not recorded while an application lies with the office. Raises Refused."""
    if any(it in WITH_OFFICE for it in of_project(project)):
        raise Refused(DECIDED_THERE)


def _decide(
    continuation: Continuation, name: str, outcome: str, years: int, reason: str, actor: Actor, at: datetime
) -> None:
    reason = reason.strip()
    continuation.decision_reason = reason
    continuation.decided_at, continuation.decided_by = at, actor.name
    changes = {"reason": reason, **({"years": years} if years else {})}
    move(continuation, name, actor=actor, at=at, changes=changes)
    extension.record_extension(
        continuation.project,
        outcome=outcome,
        years=years,
        on=calendar.day_of(at),
        remark=reason,
        decided=True,
        actor=actor,
        at=at,
    )
    letters.draft_result(continuation, actor=actor, at=at)
