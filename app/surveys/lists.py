"""Lists of surveys, of who has answered one, and of all that was answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.lifecycle import SURVEY, SURVEY_ANSWER
from app.programmes.apart import in_list
from app.projects.lists import BODIES, named_bodies, shown_bodies
from app.projects.models import Project
from app.questions.definition import Question
from app.surveys.models import INITIATIVES, Survey, SurveyAnswer, SurveyPart
from app.web import shown
from app.web.i18n import shown_fiscal_year, shown_instant, standing, state_label
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach


def survey_list(actor: Actor, args: MultiDict) -> Listing:
    states = {name: state_label(None, name, "survey") for name in SURVEY.states}
    programmes = in_list(Survey.programme_id)
    return Listing(
        within_reach(Survey, actor),
        args,
        caption=_l("Surveys"),
        columns=[
            Column(
                "title",
                _l("Title of the survey"),
                lambda it: it.title,
                sort=Survey.title,
                shown=lambda it: shown.own_direction(it.title),
                to=To("surveys.show", "survey_id", walked=False),
            ),
            *programmes.columns,
            Column("year", _l("Fiscal year"), lambda it: shown_fiscal_year(it.fiscal_year), sort=Survey.fiscal_year),
            Column("state", _l("State"), state_label, sort=Survey.state, shown=shown.state_tag, by=standing),
            Column(
                "closes_at",
                _l("Answers until"),
                lambda it: shown_instant(it.closes_at),
                sort=Survey.closes_at,
                typed=lambda it: it.closes_at,
                shown=lambda it: shown.moment(it.closes_at) if it.closes_at else "–",
            ),
        ],
        filters=[Choice("state", _l("State"), states, Survey.state), *programmes.filters],
        default_sort="-year",
        without=[Survey.introduction, Survey.figures],
    )  # fmt: skip


def answer_list(survey: Survey, actor: Actor, args: MultiDict) -> Listing:
    """Who was asked, in the order of the projects."""
    states: dict[str, Any] = {name: state_label(None, name, "survey_answer") for name in SURVEY_ANSWER.states}
    return Listing(
        within_reach(SurveyAnswer, actor).where(SurveyAnswer.survey_id == survey.id),
        args,
        caption=_l("Who was asked"),
        anchor="answers",
        per_page=50,
        columns=[
            Column(
                "number",
                _l("No."),
                lambda it: it.project.number,
                sort=Project.number,
                join=SurveyAnswer.project,
                numeric=True,
            ),
            Column(
                "bodies",
                _l("Applicants"),
                lambda it: named_bodies(it.project),
                shown=lambda it: shown_bodies(it.project),
                sort=Project.lead_code,
                join=SurveyAnswer.project,
                to=To("surveys.answer", "survey_answer_id", walked=False),
            ),
            Column("state", _l("State"), state_label, sort=SurveyAnswer.state, shown=shown.state_tag, by=standing),
            Column(
                "answered_at",
                _l("Handed in"),
                lambda it: shown_instant(it.answered_at),
                sort=SurveyAnswer.answered_at,
                typed=lambda it: it.answered_at,
                shown=lambda it: shown.moment(it.answered_at) if it.answered_at else "–",
            ),
            Column("answered_by", _l("Answered by"), lambda it: it.answered_by),
        ],
        filters=[Choice("state", _l("State"), states, SurveyAnswer.state)],
        default_sort="number",
        options=[joinedload(SurveyAnswer.project).options(joinedload(Project.call), BODIES)],
    )  # fmt: skip


def data_list(survey: Survey, of: str, args: MultiDict) -> Listing:
    """All that was handed in, a row for each body or initiative: the page has who, its files every answer."""
    mine = SurveyPart.initiative_id.is_not(None) if of == INITIATIVES else SurveyPart.initiative_id.is_(None)
    template = survey.template_of(of)
    form = (template.published or template.newest).form
    query = (
        select(SurveyPart)
        .join(SurveyPart.answer)
        .where(SurveyAnswer.survey_id == survey.id, SurveyPart.left_out.is_(False), mine)
    )
    columns = [
        Column("number", _l("No."), lambda it: it.answer.project.number, numeric=True),
        Column(
            "bodies",
            _l("Applicants"),
            lambda it: named_bodies(it.answer.project),
            shown=lambda it: shown_bodies(it.answer.project),
            to=To("surveys.answer", "survey_answer_id", walked=False, of="answer_id"),
        ),
    ]
    if of == INITIATIVES:
        columns.append(
            Column(
                "initiative",
                _l("Initiative"),
                lambda it: it.initiative.name,
                shown=lambda it: shown.own_direction(it.initiative.name),
            )
        )
    columns.append(
        Column(
            "frozen_at",
            _l("Handed in"),
            lambda it: shown_instant(it.frozen.frozen_at) if it.frozen else "",
            typed=lambda it: it.frozen.frozen_at if it.frozen else None,
        )
    )
    for question in form.questions.values():
        columns += _columns_of(question)
    return Listing(
        query,
        args,
        caption=_l("Answers"),
        per_page=50,
        columns=columns,
        options=[
            joinedload(SurveyPart.initiative),
            joinedload(SurveyPart.frozen),
            joinedload(SurveyPart.answer).joinedload(SurveyAnswer.project).options(joinedload(Project.call), BODIES),
        ],
        tie=SurveyPart.answer_id,
    )  # fmt: skip


def _columns_of(question: Question) -> list[Column]:
    """As many as its kind has in open data."""
    heads = question.asked.columns()

    def cell(place: int) -> Callable[[SurveyPart], Any]:
        def value(part: SurveyPart) -> Any:
            given = given_in(part, question.key)
            return "" if given is None else question.asked.data(given)[place]

        return value

    return [
        Column(
            f"{question.key}-{place}",
            f"{question.label}{head}",
            cell(place),
            typed=cell(place) if question.kind in ("number", "date", "period") else None,
            only_file=True,
        )
        for place, head in enumerate(heads)
    ]


def given_in(part: SurveyPart, key: str) -> Any:
    """The frozen answer to a question; None where nothing was handed in, or it was not asked."""
    content = part.frozen.content if part.frozen else {"sections": ()}
    for section in content["sections"]:
        for answer in section["answers"]:
            if answer["key"] == key:
                return answer["value"]
    return None
