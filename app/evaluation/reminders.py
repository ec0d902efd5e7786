"""Who has not responded to an evaluation: reminded, and late in the portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from app import calendar
from app.db import db
from app.evaluation import mails
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.lifecycle.evaluation import ASKED_TO_RESPOND
from app.lifecycle.evaluation_meeting import UNSETTLED
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.voice import told_apart
from app.projects.models import Project
from app.schedule.reminders import DueReminder, Subject


def subjects(at: datetime) -> Iterable[Subject]:
    """Evaluations of projects under support that wait for a response, anchored at the day by which to respond."""
    return [
        Subject(
            Evaluation.kind,
            it.id,
            anchor=it.due_on,
            since=it.put_at,
            name=f"{told_apart(it.project.programme_id)}{it.project.number} {it.meeting.name}",
            page=("evaluation.show", {"evaluation_id": it.id}),
        )
        for it in db.session.scalars(waiting().order_by(Evaluation.id))
        if it.due_on and it.put_at
    ]


def remind(due: DueReminder, at: datetime) -> None:
    """The request once more. Nothing once the response is sent or the evaluation is published."""
    found = waiting().where(Evaluation.id == due.subject.id)
    evaluation = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if evaluation is not None:
        mails.reminded(evaluation, occasion=due.occasion, at=at)


def waiting() -> Select[Evaluation]:
    return (
        select(Evaluation)
        .join(Evaluation.project)
        .join(Evaluation.meeting)
        .where(ASKED_TO_RESPOND.of(Evaluation), UNSETTLED.of(EvaluationMeeting), UNDER_SUPPORT.of(Project))
        .options(contains_eager(Evaluation.project), contains_eager(Evaluation.meeting))
    )


def projects_that_owe_a_response(at: datetime) -> Select[Project]:
    """The projects under support whose day for a response has passed without one."""
    late = waiting().where(Evaluation.due_on < calendar.day_of(at)).with_only_columns(Evaluation.project_id)
    return select(Project).where(UNDER_SUPPORT.of(Project), Project.id.in_(late))
