"""Surveys in any state, and what projects answer to them, brought there through the operations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import calendar
from app.db import db
from app.organisations.models import Tenure
from app.permissions import EDITOR, OFFICER
from app.programmes.models import Programme
from app.projects.models import Project
from app.questions.composing import ask, section
from app.questions.definition import Definition
from app.surveys import answers, operations, publishing
from app.surveys.models import BODIES, OF, Survey, SurveyAnswer, SurveyPart
from tests.factories.applications import holder
from tests.factories.programmes import programme as the_programme

OCCURRED = ["発生していない", "発生（対応中）", "発生（未対応）"]
HELD_UP = ["資金", "人", "なし"]
WEEK = timedelta(days=7)


def questions(of: str) -> Definition:
    """A small form: of bodies two items and a text, of initiatives one question with several answers."""
    if of == BODIES:
        items = [
            ask(key, "one_choice", label, "", choices=OCCURRED)
            for key, label in (("funds", "資金"), ("staff", "人"))
        ]
        words = ask("words", "long_text", "意見", "", required=False, max_chars=400, rows=4)
        return Definition((section("items", "課題", "", *items), section("more", "意見", "", words)))
    asked = ask("held-up", "several_choices", "ボトルネック", "", choices=HELD_UP)
    return Definition((section("bottlenecks", "ボトルネック", "", asked),))


def survey(
    state: str = "draft",
    *,
    at: datetime | None = None,
    closes_at: datetime | None = None,
    forms: dict[str, Definition] | None = None,
    before: Survey | None = None,
    programme: Programme | None = None,
    **values: Any,
) -> Survey:
    """A survey in `state`; opened, it asks all projects that there are. The time of one that is over has passed."""
    at, actor = at or calendar.now(), holder(OFFICER)
    fiscal_year = values.get("fiscal_year", calendar.fiscal_year(at))
    filled = {
        "title": "見本の調査",
        "fiscal_year": fiscal_year,
        "introduction": "",
        "selected_until": calendar.fiscal_year(at),
        **values,
    }
    made = operations.begin(
        programme or the_programme(), filled, start=operations.EMPTY, before=before, actor=actor, at=at
    )
    for of in OF if before is None else ():
        form = questions(of) if forms is None else forms.get(of)
        if form is not None:
            operations.change_form(
                made, of, form, done={"what": "question_added", "label": "見本"}, actor=actor, at=at
            )
    if state == "draft":
        return made
    operations.open_survey(made, closes_at=closes_at or at + WEEK, actor=actor, at=at)
    if state in ("closed", "published"):
        operations.close(made, actor=actor, at=at)
    if state == "published":
        publishing.publish(made, actor=actor, at=at)
    db.session.flush()
    return made  # fmt: skip


def answer_of(survey: Survey, project: Project) -> SurveyAnswer:
    query = select(SurveyAnswer).where(
        SurveyAnswer.survey_id == survey.id, SurveyAnswer.project_id == project.id
    )
    return db.session.scalars(query).one()


def filled_in(
    answer: SurveyAnswer, *, actor: Tenure | None = None, at: datetime | None = None, **given: Any
) -> Tenure:
    """Write what is asked: `given` by key (with _ for -), else the first choice. Who wrote it."""
    who, at = actor or holder(EDITOR, answer.project.lead), at or calendar.now()
    for part in answer.counted:
        for asked in part.answered.form.sections:
            values = {it.key: _value(it, given) for it in asked.questions}
            values = {key: value for key, value in values.items() if value is not None}
            version = part.answered.version_of(asked.key)
            answers.save(part, asked.key, values, version=version, actor=who, at=at)
    return who


def survey_answer(
    project: Project,
    state: str = "asked",
    *,
    survey: Survey | None = None,
    at: datetime | None = None,
    **given: Any,
) -> SurveyAnswer:
    """What `project` is asked by a survey that is open (a new one), in `state`."""
    at = at or calendar.now()
    asking = survey or globals()["survey"]("open", at=at)
    made = answer_of(asking, project)
    if state == "asked":
        return made
    who = filled_in(made, at=at, **given)
    answers.submit(made, actor=who, at=at)
    if state == "reopened":
        operations.close(asking, actor=holder(OFFICER), at=at)
        answers.reopen(made, until=at + WEEK, reason="見本の修正", actor=holder(OFFICER), at=at)
    return made


def part_of(answer: SurveyAnswer, of: str) -> SurveyPart:
    return next(part for part in answer.counted if part.of == of)


def _value(question: Any, given: dict[str, Any]) -> Any:
    key = question.key.replace("-", "_")
    if key in given:
        return given[key]
    if question.kind == "one_choice":
        return question.settings["choices"][0]
    return question.settings["choices"][:1] if question.kind == "several_choices" else None
