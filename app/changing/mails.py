"""The mails of a change request: the office is told that there is one, its bodies what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.changing.labels import in_japanese
from app.changing.models import ChangeRequest
from app.correspondence import outbox
from app.lifecycle.change_request import APPROVED
from app.organisations.contacts import office_mailboxes
from app.permissions import DIRECTOR, OFFICER
from app.projects.naming import called


def submitted(request: ChangeRequest, *, at: datetime) -> None:
    """To officers and directors."""
    outbox.send(
        "change_request_submitted",
        to=outbox.mailboxes(office_mailboxes((OFFICER, DIRECTOR), calendar.day_of(at))),
        to_office=True,
        about=request,
        occasion="submitted",
        at=at,
        values={**_values(request), "called": called(request.project)},
    )


def decided(request: ChangeRequest, *, at: datetime) -> None:
    """To each body: approved or refused, what changes from what to what, and why."""
    project = request.project
    outbox.send(
        "change_request_decided",
        to=outbox.contacts_of(project.bodies, on=calendar.day_of(at)),
        about=request,
        occasion="decided",
        at=at,
        values={**_values(request), "approved": request in APPROVED},
        of_body=lambda body: {"body": body, "called": called(project, body)},
    )


def _values(request: ChangeRequest) -> dict[str, Any]:
    return {
        "request": request,
        "project": request.project,
        "number": request.project.reference,
        "changes": in_japanese(request.changes),
        "url": outbox.absolute_url("changing.show", change_request_id=request.id),
    }
