"""What waits for a person: to finish, approve, mend; for officers, to check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from app.applications.models import BEFORE_SUBMISSION, Application
from app.applications.progress import by_call_and_state
from app.db import db
from app.permissions import APPROVER, MUNICIPAL
from app.programmes.models import Call
from app.web.i18n import shown_day
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
    found = []
    for row in by_call_and_state(at):
        if row.call_state != "published":
            continue
        if row.state == "submitted":
            title = _("Check submitted applications: %(count)s", count=row.count)
            oldest = _("the oldest of %(day)s", day=shown_day(row.oldest))
            found.append(Task(title, _listed(row), row.title, note=oldest))
        elif row.state == "lapsed":
            title = _("Returned applications not resubmitted in time: %(count)s", count=row.count)
            found.append(Task(title, _listed(row), row.title, row.due))
    return sorted(found, key=lambda task: task.due is not None)


def _listed(row: Any) -> str:
    return url_for("applications.index", call=row.call_id, state=row.state)
