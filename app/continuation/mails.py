"""The mails of an application for an extension, queued in the transaction of what they tell. The results are told by letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from app import calendar
from app.continuation.models import Continuation
from app.correspondence import outbox
from app.organisations.contacts import office_mailboxes, seat_mailboxes
from app.permissions import APPROVER, EDITOR, OFFICER
from app.projects.models import Project
from app.projects.naming import called
from app.questions.freezing import files_in
from app.questions.models import FrozenResponse

MOST_A_DAY = 10  # of what editor and approver pass to each other
PAUSE = timedelta(hours=1)
REMINDER_NOTE = "継続申請の期限を知らせました。申請がない場合は、期限後に、申請がなかったことを事業のページに登録してください。"


def approval_asked(continuation: Continuation, *, at: datetime) -> None:
    """To the approvers of its bodies; handed over again within an hour, it tells them nothing new."""
    asked, sent = _lately(continuation, "approval-asked", at), _lately(continuation, "sent-back", at)
    if len(asked) >= MOST_A_DAY or (asked and asked[-1] > max([at - PAUSE, *sent])):
        return
    _within(continuation, "approval-asked", "continuation_approval_asked", APPROVER, at)


def sent_back(continuation: Continuation, *, at: datetime) -> None:
    """差戻し: to the editors of its bodies, with what the approver wrote."""
    if len(_lately(continuation, "sent-back", at)) < MOST_A_DAY:
        _within(continuation, "sent-back", "continuation_sent_back", EDITOR, at)


def received(continuation: Continuation, frozen: FrozenResponse, *, again: bool, at: datetime) -> None:
    """受付 to each body: when, its files with their hashes; to the officers, that there is one to check."""
    occasion = f"received:{frozen.id}"
    files = list(files_in(frozen.content))
    _send(
        continuation,
        occasion,
        "continuation_received",
        at=at,
        again=again,
        files=files,
        sha256=frozen.sha256,
        received_at=frozen.frozen_at,
    )
    _to_office(continuation, f"{occasion}:office", "continuation_submitted_office", at=at, again=again)


def returned(continuation: Continuation, *, at: datetime) -> None:
    """To each body: what to correct, and until when."""
    _send(continuation, f"returned:{at.isoformat()}", "continuation_returned", at=at)


def withdrawn(continuation: Continuation, *, at: datetime) -> None:
    """To the officers, that there is one less to decide."""
    _to_office(continuation, "withdrawn", "continuation_withdrawn_office", at=at)


def remind(project: Project, *, drafted: bool, due_on: date, occasion: str, at: datetime) -> None:
    """To each body of a project that can ask for an extension and has not yet; `drafted`: something is written."""
    outbox.send(
        "continuation_reminder",
        to=outbox.contacts_of(project.bodies, on=calendar.day_of(at)),
        about=project,
        occasion=occasion,
        at=at,
        values={
            **_of_project(project),
            "drafted": drafted,
            "due": due_on,
            "days": calendar.days_until(due_on, at),
            "url": outbox.absolute_url("continuation.of_project", project_id=project.id),
        },
        of_body=lambda body: {"body": body, "called": called(project, body)},
        copy_note=REMINDER_NOTE,
    )


def _send(continuation: Continuation, occasion: str, template: str, *, at: datetime, **values: Any) -> None:
    project = continuation.project
    outbox.send(
        template,
        to=outbox.contacts_of(project.bodies, on=calendar.day_of(at)),
        about=continuation,
        occasion=occasion,
        at=at,
        values={**_values(continuation), **values},
        of_body=lambda body: {"body": body, "called": called(project, body)},
    )


def _within(continuation: Continuation, occasion: str, template: str, role: str, at: datetime) -> None:
    """To the seats of one role at each of its bodies: what stays within them."""
    on = calendar.day_of(at)
    bodies = continuation.project.bodies
    found: Iterable[str] = (box for body in bodies for box in seat_mailboxes(body.id, (role,), on))
    outbox.send(
        template,
        to=outbox.mailboxes(found),
        about=continuation,
        occasion=f"{occasion}:{at.isoformat()}",
        at=at,
        values={**_values(continuation), "called": called(continuation.project)},
        audience="applicant",
    )


def _to_office(
    continuation: Continuation, occasion: str, template: str, *, at: datetime, **values: Any
) -> None:
    outbox.send(
        template,
        to=outbox.mailboxes(office_mailboxes((OFFICER,), calendar.day_of(at))),
        to_office=True,
        about=continuation,
        occasion=occasion,
        at=at,
        values={**_values(continuation), "called": called(continuation.project), **values},
    )


def _values(continuation: Continuation) -> dict[str, Any]:
    return {
        **_of_project(continuation.project),
        "continuation": continuation,
        "due": continuation.due_on,
        "url": outbox.absolute_url("continuation.show", continuation_id=continuation.id),
    }


def _of_project(project: Project) -> dict[str, Any]:
    return {"project": project, "number": project.reference}


def _lately(continuation: Continuation, occasion: str, at: datetime) -> list[datetime]:
    return outbox.queued_lately(continuation, occasion, at)
