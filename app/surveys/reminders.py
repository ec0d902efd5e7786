"""Who has not answered: reminded before and after the closing time, and late in the portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from app.db import db
from app.lifecycle.project import UNDER_SUPPORT
from app.lifecycle.survey import OPEN
from app.lifecycle.survey_answer import ASKED
from app.programmes.voice import told_apart
from app.projects.models import Project
from app.schedule.reminders import DueReminder, Subject
from app.surveys import mails
from app.surveys.models import Survey, SurveyAnswer


def subjects(at: datetime) -> Iterable[Subject]:
    """The projects that are awaited by surveys that are open, anchored at the closing time."""
    return [
        Subject(
            SurveyAnswer.kind,
            it.id,
            anchor=it.due_at,
            since=it.created_at,
            name=f"{told_apart(it.project.programme_id)}{it.project.number} {it.survey.title}",
            page=("surveys.answer", {"survey_answer_id": it.id}),
        )
        for it in db.session.scalars(_awaited().order_by(SurveyAnswer.id))
    ]


def remind(due: DueReminder, at: datetime) -> None:
    """The request once more. Nothing once it has answered, or the survey is closed."""
    query = _awaited().where(SurveyAnswer.id == due.subject.id)
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is not None:
        mails.reminded(found, occasion=due.occasion, at=at)


def late_projects(at: datetime) -> Select[Project]:
    """The projects under support that have not answered a survey whose time has passed, while it is open."""
    late = (
        select(SurveyAnswer.project_id)
        .join(SurveyAnswer.survey)
        .where(ASKED.of(SurveyAnswer), OPEN.of(Survey), Survey.closes_at <= at)
    )
    return select(Project).where(UNDER_SUPPORT.of(Project), Project.id.in_(late))


def _awaited() -> Select[SurveyAnswer]:
    """Of projects under support: from the end of it on nothing is asked of a body."""
    return (
        select(SurveyAnswer)
        .join(SurveyAnswer.survey)
        .join(SurveyAnswer.project)
        .where(ASKED.of(SurveyAnswer), OPEN.of(Survey), UNDER_SUPPORT.of(Project))
        .options(contains_eager(SurveyAnswer.survey), contains_eager(SurveyAnswer.project))
    )
