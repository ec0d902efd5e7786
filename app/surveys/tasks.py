"""What waits: of a body its answers; of officers a survey whose time has passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app.actors import Actor
from app.db import db
from app.lifecycle.project import UNDER_SUPPORT
from app.lifecycle.survey import OPEN
from app.lifecycle.survey_answer import AWAITED, REOPENED
from app.memory import CASES, HOUSE, remembered
from app.projects.models import Project
from app.surveys.models import Survey, SurveyAnswer
from app.web.i18n import shown_number
from app.web.records import shared_by, within_reach
from app.web.tasks import Task


class _Asked(NamedTuple):
    answer_id: int
    title: str
    due: datetime
    mended: bool


def tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    if actor.may("survey_answer.answer"):
        for it in remembered(("surveys to answer", shared_by(actor)), lambda: _asked(actor), HOUSE, CASES):
            title = (
                _("Mend the answers to a survey: %(survey)s", survey=it.title)
                if it.mended
                else _("Answer a survey: %(survey)s", survey=it.title)
            )
            yield Task(title, url_for("surveys.answer", survey_answer_id=it.answer_id), due=it.due)
    elif actor.may("survey.manage"):
        for number, title, due, waiting in remembered("surveys to close", _to_close, HOUSE, CASES):
            if due > at:
                continue
            note = _("Not answered yet: %(n)s", n=shown_number(waiting)) if waiting else ""
            words = _("Close the survey, or give more time: %(survey)s", survey=title)
            yield Task(words, url_for("surveys.show", survey_id=number), due=due, note=note)


def _asked(actor: Actor) -> list[_Asked]:
    query: Select[Any] = (
        within_reach(SurveyAnswer, actor)
        .join(SurveyAnswer.survey)
        .join(SurveyAnswer.project)
        .where(
            UNDER_SUPPORT.of(Project),
            REOPENED.of(SurveyAnswer) | (AWAITED.of(SurveyAnswer) & OPEN.of(Survey)),
        )
        .with_only_columns(
            SurveyAnswer.id, Survey.title, Survey.closes_at, SurveyAnswer.reopened_until, SurveyAnswer.state
        )
        .order_by(Project.number, SurveyAnswer.id)
    )
    return [
        _Asked(number, title, until if state in REOPENED else closes_at, state in REOPENED)
        for number, title, closes_at, until, state in db.session.execute(query)
    ]


def _to_close() -> list[tuple[int, str, datetime, int]]:
    waiting = (
        select(func.count())
        .where(SurveyAnswer.survey_id == Survey.id, AWAITED.of(SurveyAnswer))
        .scalar_subquery()
    )
    query = (
        select(Survey.id, Survey.title, Survey.closes_at, waiting).where(OPEN.of(Survey)).order_by(Survey.id)
    )
    return [(number, title, due, int(n)) for number, title, due, n in db.session.execute(query)]
