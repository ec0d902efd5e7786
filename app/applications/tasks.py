"""What waits for a person: to finish, approve, mend; for officers, to check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from app.applications.models import BEFORE_SUBMISSION, Application
from app.db import db
from app.permissions import APPROVER, MUNICIPAL
from app.programmes.models import Call
from app.web.tasks import Task


def tasks(actor: Any, at: datetime) -> list[Task]:
    if actor.role in MUNICIPAL:
        return _of_applicant(actor, at)
    return _of_officer(at) if actor.may("application.check") else []


def _of_applicant(actor: Any, at: datetime) -> list[Task]:
    """Drafts until their call closes, and returned ones until they are resubmitted or their call is decided."""
    query = (
        select(Application)
        .join(Application.call)
        .where(
            Application.organisation_id == actor.organisation_id,
            Call.state == "published",
            or_(
                Application.state == "returned",
                Application.state.in_(BEFORE_SUBMISSION) & (Call.closes_at > at),
            ),
        )
        .options(contains_eager(Application.call))
        .order_by(Application.id)
    )
    return [_task(application, actor) for application in db.session.scalars(query)]


def _task(application: Application, actor: Any) -> Task:
    about = application.title or application.call.title
    show = url_for("applications.show", application_id=application.id)
    if application.state == "returned":
        return Task(
            _("Mend and resubmit the returned application"), show, about, application.correction_due_at
        )
    if application.state == "in_approval":
        if actor.role == APPROVER:
            submit = url_for("applications.submit", application_id=application.id)
            return Task(_("Approve and submit the application"), submit, about, application.call.closes_at)
        return Task(_("The application waits for your approver"), show, about, application.call.closes_at)
    return Task(_("Finish the application"), show, about, application.call.closes_at)


def _of_officer(at: datetime) -> list[Task]:
    """One line a call: hundreds of applications would bury everything else."""
    late = (Application.state == "returned") & (Application.correction_due_at <= at)
    waiting = db.session.execute(
        select(Call.id, Call.title, Application.state, func.count(), func.min(Application.correction_due_at))
        .join(Application, Application.call_id == Call.id)
        .where(Call.state == "published", or_(Application.state == "submitted", late))
        .group_by(Call.id, Call.title, Application.state)
        .order_by(Call.id, Application.state.desc())
    )
    return [
        Task(
            _("Check submitted applications: %(count)s", count=count)
            if state == "submitted"
            else _("Returned applications not resubmitted in time: %(count)s", count=count),
            url_for("applications.index", call=call_id, state=state),
            title,
            due if state == "returned" else None,
        )
        for call_id, title, state, count, due in waiting
    ]
