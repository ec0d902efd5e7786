"""Checking: the office accepts a report, returns it question by question, or gives more time for it."""

from __future__ import annotations

from datetime import datetime

from app.actors import Actor
from app.db import held
from app.lifecycle import move, must_be_open
from app.questions.correcting import refuse_defects
from app.reports import mails
from app.reports.models import Report, ReportCorrection
from app.reports.submission import ChangedSinceSeen


def accept(report: Report, *, seen: datetime | None = None, actor: Actor, at: datetime) -> None:
    """It is as it should be; the body is told. `seen`: as of which instant the officer has read it.

    Raises NotAllowed, ChangedSinceSeen when it was handed in anew since.
    """
    report = held(report)
    must_be_open(report, "accept", actor=actor, at=at)
    _refuse_newer(report, seen)
    report.accepted_at = at
    move(report, "accept", actor=actor, at=at)
    mails.accepted(report, at=at)


def return_for_correction(
    report: Report,
    *,
    defects: dict[str, str],
    due_at: datetime,
    seen: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> ReportCorrection:
    """Ask the body to mend `defects` (key of a question or WHOLE → what is wrong) by `due_at`; nothing else is open to it.

    Raises NotAllowed, ChangedSinceSeen as `accept`, ValueError without a defect, for what the form does not ask, or a due
    instant that is not in the future.
    """
    defects = refuse_defects(defects, report.answered.form)
    if due_at <= at:
        raise ValueError("the due instant must be in the future")
    report = held(report)
    must_be_open(report, "return_for_correction", actor=actor, at=at)
    _refuse_newer(report, seen)
    changes = {"defects": defects, "due_at": due_at.isoformat()}
    move(report, "return_for_correction", actor=actor, at=at, changes=changes)
    report.due_at, report.accepted_at = due_at, None
    correction = ReportCorrection(
        defects=defects, due_at=due_at, asked_at=at, asked_by=actor.name, created_at=at
    )
    report.corrections.append(correction)
    mails.correction_requested(report, correction, at=at)
    return correction


def give_more_time(report: Report, *, due_at: datetime, reason: str, actor: Actor, at: datetime) -> None:
    """Another instant until which it is asked for; the body is told why.

    Raises NotAllowed, ValueError unless it is later than the present one and in the future, and without a reason.
    """
    if not reason.strip():
        raise ValueError("more time is given for a reason")
    report = held(report)
    must_be_open(report, "give_more_time", actor=actor, at=at)
    if due_at <= report.due_at or due_at <= at:
        raise ValueError("the new due instant must be later than the old one, and in the future")
    changes = {"due_at": [report.due_at.isoformat(), due_at.isoformat()], "reason": reason.strip()}
    move(report, "give_more_time", actor=actor, at=at, changes=changes)
    report.due_at = due_at
    mails.more_time(report, reason=reason.strip(), at=at)


def _refuse_newer(report: Report, seen: datetime | None) -> None:
    last = report.last_submission
    if seen is not None and last is not None and last.created_at > seen:
        raise ChangedSinceSeen
