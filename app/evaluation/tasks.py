"""What waits of evaluations: a response of a body; for officers, what is to be recorded, put to bodies or published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import calendar
from app.actors import Actor
from app.db import db
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.lifecycle.evaluation import ASKED_TO_RESPOND, LOOKED_AT, RECORDED
from app.lifecycle.evaluation_meeting import HELD, PLANNED, UNSETTLED
from app.memory import CASES, HOUSE, remembered
from app.permissions import MUNICIPAL
from app.programmes.voice import told_apart
from app.projects.models import Project
from app.web.i18n import shown_number
from app.web.records import shared_by, within_reach
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    if actor.role in MUNICIPAL and actor.may("evaluation.answer"):
        yield from _of_body(actor)
    elif actor.may("evaluation.record"):
        yield from _of_officer(calendar.day_of(at))


class _Asked(NamedTuple):
    evaluation_id: int
    due_on: date
    programme_id: int
    number: int


class _Meeting(NamedTuple):
    meeting_id: int
    name: str
    state: str
    held_on: date


def _of_body(actor: Actor) -> Iterator[Task]:
    key = "evaluations to respond to", shared_by(actor)
    for it in remembered(key, lambda: _asked(actor), HOUSE, CASES):
        number = told_apart(it.programme_id) + _("No. %(number)s", number=it.number)
        url = url_for("evaluation.show", evaluation_id=it.evaluation_id)
        yield Task(_("Respond to the evaluation of a project"), url, number, it.due_on)


def _asked(actor: Actor) -> list[_Asked]:
    query = (
        within_reach(Evaluation, actor)
        .join(Evaluation.project)
        .join(Evaluation.meeting)
        .where(ASKED_TO_RESPOND.of(Evaluation), UNSETTLED.of(EvaluationMeeting))
        .with_only_columns(Evaluation.id, Evaluation.due_on, Project.programme_id, Project.number)
        .order_by(Evaluation.due_on, Evaluation.id)
    )
    return [_Asked(*row) for row in db.session.execute(query)]


def _of_officer(on: date) -> Iterator[Task]:
    meetings, waiting = remembered(("evaluation meetings that wait", on), lambda: _unsettled(on), CASES)
    for it in meetings:
        url = url_for("evaluation.meeting", meeting_id=it.meeting_id)
        if it in PLANNED:
            if it.held_on <= on:
                yield Task(_("Say that the evaluation meeting was held"), url, it.name, it.held_on)
            continue
        recorded, open_, looked_at = waiting.get(it.meeting_id, (0, 0, 0))
        if recorded:
            title = _("Record the evaluation and ask for responses (%(n)s)", n=shown_number(recorded))
            yield Task(title, url, it.name)
        elif looked_at and not open_:
            yield Task(_("Publish the evaluation"), url, it.name)


def _unsettled(on: date) -> tuple[list[_Meeting], dict[int, tuple[int, int, int]]]:
    """The meetings, and for each: what is being recorded, what waits for a response whose day is not over, and all."""
    query = select(
        EvaluationMeeting.id, EvaluationMeeting.name, EvaluationMeeting.state, EvaluationMeeting.held_on
    ).where(UNSETTLED.of(EvaluationMeeting))
    found = db.session.execute(query.order_by(EvaluationMeeting.held_on, EvaluationMeeting.id))
    meetings = [_Meeting(*row) for row in found]
    recorded = RECORDED.of(Evaluation)
    asked = ASKED_TO_RESPOND.of(Evaluation) & (Evaluation.due_on >= on)
    counts = (
        select(
            Evaluation.meeting_id,
            func.count().filter(recorded),
            func.count().filter(asked),
            func.count(),
        )
        .join(Evaluation.meeting)
        .where(HELD.of(EvaluationMeeting), LOOKED_AT.of(Evaluation))
        .group_by(Evaluation.meeting_id)
    )
    return meetings, {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(counts)}
