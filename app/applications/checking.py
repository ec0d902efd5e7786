"""Checking (形式審査): the office accepts what was submitted, or returns it with its defects and a due instant.

What is not resubmitted by that instant lapses: a daily job records it, since a date decides it and nobody's act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select

from app.actors import Actor
from app.applications import mails
from app.applications.models import Application, Correction
from app.applications.submission import ChangedSinceSeen
from app.db import db, held
from app.lifecycle import NotAllowed, closed_guard, move, must_be_open
from app.lifecycle.application import RETURNED
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.questions.correcting import refuse_defects
from app.web.arrival import settled


@dataclass
class Accepted:
    """What became of several that were to be accepted: those that were, and those that were not, by the reason."""

    done: list[Application] = field(default_factory=list)
    resubmitted: list[Application] = field(default_factory=list)  # after the list was shown: not read yet
    decided: list[Application] = field(default_factory=list)  # their call is
    moved_on: list[Application] = field(default_factory=list)  # they do not wait for the check any more


def accept(application: Application, *, seen: datetime | None = None, actor: Actor, at: datetime) -> None:
    """Take the application into the review; the applicant is told.

    `seen` is the instant as of which the officer has read it. Raises ChangedSinceSeen when it was handed in anew after
    that, NotAllowed.
    """
    must_be_open(application, "accept", actor=actor, at=at)
    if is_newer(application, seen):
        raise ChangedSinceSeen
    move(application, "accept", actor=actor, at=at)
    mails.accepted(application, at=at)


def accept_each(
    applications: Sequence[Application], *, seen: datetime | None, actor: Actor, at: datetime
) -> Accepted:
    """Accept each by itself, with its own history and mail; what cannot be accepted does not hold up the others."""
    outcome = Accepted()
    for application in applications:
        try:
            accept(application, seen=seen, actor=actor, at=at)
        except ChangedSinceSeen:
            outcome.resubmitted.append(application)
        except NotAllowed:
            decided = closed_guard(application, "accept", at=at)
            (outcome.decided if decided else outcome.moved_on).append(application)
        else:
            outcome.done.append(application)
    return outcome


def is_newer(application: Application, seen: datetime | None) -> bool:
    """Whether its last submission was there for the office after `seen`; what was seen at no known time is not old.

    It may have arrived earlier than somebody looked, and have been waiting to be dealt with.
    """
    last = application.last_submission
    return seen is not None and last is not None and last.created_at > seen


def return_for_correction(
    application: Application,
    *,
    defects: dict[str, str],
    due_at: datetime,
    seen: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> Correction:
    """Ask the applicant to mend `defects` by `due_at`, an instant.

    `defects`: key of a question, of a section (all its questions) or WHOLE → what is wrong. Nothing else is open to the
    applicant until they resubmit: see correcting.py. Raises NotAllowed when it is not with the office, ChangedSinceSeen as
    `accept`, ValueError without a defect, for what the form does not ask, or a due instant that is not in the future.
    """
    defects = refuse_defects(defects, application.answered.form)
    if due_at <= at:
        raise ValueError("the due instant must be in the future")
    must_be_open(application, "return_for_correction", actor=actor, at=at)
    if is_newer(application, seen):
        raise ChangedSinceSeen
    application.correction_due_at = due_at
    move(
        application,
        "return_for_correction",
        actor=actor,
        at=at,
        changes={"defects": defects, "due_at": due_at.isoformat()},
    )
    correction = Correction(defects=defects, due_at=due_at, asked_at=at, asked_by=actor.name, created_at=at)
    application.corrections.append(correction)
    mails.correction_requested(application, correction, at=at)
    return correction


def extend_correction(
    application: Application, *, due_at: datetime, reason: str, actor: Actor, at: datetime
) -> None:
    """Move the due instant of a returned application later, also after it has passed; the applicant is told.

    One that had lapsed stands returned again. Raises NotAllowed unless it is returned or lapsed, and once the call
    is decided: nothing could be handed in any more. ValueError when the new instant is not later and in the future.
    """
    held(application.call)  # nobody decides meanwhile
    held(application)  # and the job does not record it as lapsed
    must_be_open(application, "extend_correction", actor=actor, at=at)
    correction = application.corrections[-1]
    if due_at <= correction.due_at or due_at <= at:
        raise ValueError("the new due instant must be later than the old one, and in the future")
    changes = {"due_at": [correction.due_at.isoformat(), due_at.isoformat()], "reason": reason}
    move(application, "extend_correction", actor=actor, at=at, changes=changes)
    correction.due_at = application.correction_due_at = due_at
    mails.correction_extended(application, correction, reason=reason, at=at)


def lapse_overdue(*, at: datetime, call: Call | None = None) -> int:
    """Record every returned application (of `call`) whose due instant has passed as lapsed; each applicant is told.

    What arrived in time may still wait to be dealt with, so it is recorded some minutes after the instant; nothing that
    arrives in between comes in. The number recorded. Those that another worker records, or an applicant or officer
    has moved on, are left alone.
    """
    overdue = _overdue(at)
    if call is not None:
        overdue = overdue.where(Application.call_id == call.id)
    found = db.session.scalars(
        overdue.order_by(Application.id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).all()
    for application in found:
        correction = application.corrections[-1]
        move(application, "lapse", actor=SYSTEM, at=at, changes={"due_at": correction.due_at.isoformat()})
        mails.correction_lapsed(application, correction, at=at)
    return len(found)


def count_overdue(at: datetime) -> int:
    """How many `lapse_overdue` would find."""
    return db.session.scalar(select(func.count()).select_from(_overdue(at).subquery())) or 0


def _overdue(at: datetime) -> Select:
    by = settled(at)
    return select(Application).where(RETURNED.of(Application), Application.correction_due_at <= by)
