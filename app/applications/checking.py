"""Checking (形式審査): the office accepts what was submitted, or returns it with its defects and a due instant.

What is not resubmitted by that instant lapses: a daily job records it, since a date decides it and nobody's act.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.applications import mails
from app.applications.models import Application, Correction
from app.applications.sections import WHOLE, section_keys
from app.db import db
from app.lifecycle import NotAllowed, move
from app.permissions import SYSTEM
from app.programmes.models import Call


def accept(application: Application, *, actor: Any, at: datetime) -> None:
    """Take the application into the review; the applicant is told. Raises NotAllowed."""
    _refuse_after_decision(application, "accept")
    move(application, "accept", actor=actor, at=at)
    mails.accepted(application, at=at)


def return_for_correction(
    application: Application, *, defects: dict[str, str], due_at: datetime, actor: Any, at: datetime
) -> Correction:
    """Ask the applicant to mend `defects` (section key → what is wrong) by `due_at`, an instant.

    Raises NotAllowed when it is not with the office, ValueError without a defect, for a section that the application
    does not have, or a due instant that is not in the future.
    """
    defects = {key: text.strip() for key, text in defects.items() if text.strip()}
    unknown = defects.keys() - section_keys(application).keys() - {WHOLE}
    if not defects or unknown:
        raise ValueError(f"no such sections: {sorted(unknown)}" if unknown else "a return needs a defect")
    if due_at <= at:
        raise ValueError("the due instant must be in the future")
    _refuse_after_decision(application, "return_for_correction")
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
    application: Application, *, due_at: datetime, reason: str, actor: Any, at: datetime
) -> None:
    """Move the due instant of a returned application later, also after it has passed; the applicant is told.

    One that had lapsed stands returned again. Raises NotAllowed unless it is returned or lapsed, and once the call
    is decided: nothing could be handed in any more. ValueError when the new instant is not later and in the future.
    """
    db.session.refresh(application.call, with_for_update={"of": Call})  # nobody decides meanwhile
    db.session.refresh(
        application, with_for_update={"of": Application}
    )  # and the job does not record it as lapsed
    _refuse_after_decision(application, "extend_correction")
    correction = application.open_correction
    if correction is None:
        raise NotAllowed(application, "extend_correction", f"it is {application.state}")
    if due_at <= correction.due_at or due_at <= at:
        raise ValueError("the new due instant must be later than the old one, and in the future")
    changes = {"due_at": [correction.due_at.isoformat(), due_at.isoformat()], "reason": reason}
    move(application, "extend_correction", actor=actor, at=at, changes=changes)
    correction.due_at = application.correction_due_at = due_at
    mails.correction_extended(application, correction, reason=reason, at=at)


def lapse_overdue(*, at: datetime, call: Call | None = None) -> int:
    """Record every returned application (of `call`) whose due instant has passed as lapsed; each applicant is told.

    The number recorded. Those that another worker records, or an applicant or officer has moved on, are left alone.
    """
    overdue = select(Application).where(Application.state == "returned", Application.correction_due_at <= at)
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


def _refuse_after_decision(application: Application, name: str) -> None:
    if application.call.state != "published":
        raise NotAllowed(application, name, f"the call is {application.call.state}")
