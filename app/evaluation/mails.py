"""The mails of an evaluation: a response is asked for, was sent, is late; the evaluation is published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.correspondence import outbox
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.organisations.contacts import office_mailboxes
from app.permissions import OFFICER
from app.projects.naming import called

LATE_NOTE = "評価に対する回答の期限が近いこと又は過ぎたことを知らせました。"
PUBLISHED_NOTE = "評価の結果を公表したことを知らせました。"


def asked(evaluation: Evaluation, *, reason: str = "", at: datetime) -> None:
    """To each body of the project. `reason`: why another response is asked for."""
    _to_bodies("evaluation_asked", evaluation, f"asked:{at.isoformat()}", at, {"reason": reason})


def taken_back(evaluation: Evaluation, *, reason: str, at: datetime) -> None:
    """To each body: it need not respond until it is asked again."""
    _to_bodies("evaluation_taken_back", evaluation, f"taken-back:{at.isoformat()}", at, {"reason": reason})


def reminded(evaluation: Evaluation, *, occasion: str, at: datetime) -> None:
    """To each body, before its day and after it. The officers get the day's copy."""
    late = evaluation.is_late(calendar.day_of(at))
    _to_bodies("evaluation_reminder", evaluation, occasion, at, {"late": late}, copy_note=LATE_NOTE)


def responded(evaluation: Evaluation, *, at: datetime) -> None:
    """To the officers."""
    outbox.send(
        "evaluation_responded",
        to=outbox.mailboxes(office_mailboxes((OFFICER,), calendar.day_of(at))),
        to_office=True,
        about=evaluation,
        occasion=f"responded:{at.isoformat()}",
        at=at,
        values={
            "called": called(evaluation.project),
            "bodies": [body.full_name for body in evaluation.project.bodies],
            "meeting": evaluation.meeting,
            "by": evaluation.responded_by,
            "url": outbox.absolute_url("evaluation.show", evaluation_id=evaluation.id),
        },
    )


def published(meeting: EvaluationMeeting, *, at: datetime) -> None:
    """To each body of each project that it looked at."""
    for evaluation in meeting.looked_at:
        public = outbox.absolute_url("evaluation.published_meeting", meeting_id=meeting.id)
        _to_bodies("evaluation_published", evaluation, "published", at, {"public": public}, copy_note=PUBLISHED_NOTE)  # fmt: skip


def _to_bodies(
    template: str,
    evaluation: Evaluation,
    occasion: str,
    at: datetime,
    values: dict[str, Any],
    **columns: Any,
) -> None:
    project = evaluation.project
    outbox.send(
        template,
        to=outbox.contacts_of(project.bodies, on=calendar.day_of(at)),
        about=evaluation,
        occasion=occasion,
        at=at,
        values={
            "meeting": evaluation.meeting,
            "due": evaluation.due_on,
            "number": project.reference,
            "url": outbox.absolute_url("evaluation.show", evaluation_id=evaluation.id),
            **values,
        },
        of_body=lambda body: {"body": body, "called": called(project, body)},
        **columns,
    )
