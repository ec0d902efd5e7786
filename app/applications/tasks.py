"""What waits for a person: to finish, approve, mend; for officers, to check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import case, func, or_, select
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
    """Drafts until their call closes, returned ones until their due instant, lapsed ones until the announcement."""
    query = (
        select(Application)
        .join(Application.call)
        .where(
            Application.organisation_id == actor.organisation_id,
            or_(
                Application.lapsed_by(at) & Call.state.in_(("published", "decided")),
                (Application.state == "returned") & (Call.state == "published"),
                Application.state.in_(BEFORE_SUBMISSION)
                & (Call.state == "published")
                & (Call.closes_at > at),
            ),
        )
        .options(contains_eager(Application.call))
        .order_by(Application.id)
    )
    return [_task(application, actor, at) for application in db.session.scalars(query)]


def _task(application: Application, actor: Any, at: datetime) -> Task:
    about = application.title or application.call.title
    show = url_for("applications.show", application_id=application.id)
    if application.has_lapsed(at):
        told = _("See what follows: the application was not resubmitted in time")
        return Task(told, show, about, application.correction_due_at)
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
    lapsed = Application.lapsed_by(at)
    state = case((lapsed, "lapsed"), else_=Application.state).label("stands")
    waiting = db.session.execute(
        select(Call.id, Call.title, state, func.count(), func.min(Application.correction_due_at))
        .join(Application, Application.call_id == Call.id)
        .where(Call.state == "published", or_(Application.state == "submitted", lapsed))
        .group_by(Call.id, Call.title, state)
        .order_by(Call.id, state.desc())
    )
    return [
        Task(
            _("Check submitted applications: %(count)s", count=count)
            if stands == "submitted"
            else _("Returned applications not resubmitted in time: %(count)s", count=count),
            url_for("applications.index", call=call_id, state=stands),
            title,
            due if stands == "lapsed" else None,
        )
        for call_id, title, stands, count, due in waiting
    ]
