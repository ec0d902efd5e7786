"""Surveys of the demo: of problems as seed 004 shows it, one that bodies are answering, one to come. Single answers are made up.

The seed says of whom it was asked (N=35 bodies, N=75 initiatives), which four problems occur most, and that about half of the
initiatives name two of them as what holds them up. Its charts give no numbers: those below are made up to fit that, and marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import calendar
from app.actors import Actor
from app.db import db
from app.demo.call_content import MARK
from app.permissions import EDITOR, SeatlessActor
from app.programmes.operations import the_programme
from app.projects.models import Project, ProjectApplicant
from app.questions.composing import ask, section
from app.questions.definition import Definition
from app.rooms import initiatives
from app.rooms.models import Initiative
from app.surveys import answers, operations, publishing
from app.surveys.models import BODIES, Survey, SurveyAnswer, SurveyPart
from app.surveys.problems import BOTTLENECKS, ITEMS, NO_BOTTLENECK, NOT_OCCURRED, STATES, TITLE

INITIATIVES = 75  # of 35 bodies
OCCURRED = {  # item → how many bodies: it did not occur, is dealt with, is being dealt with, is not dealt with
    "infrastructure": (9, 4, 15, 7),
    "business-model": (8, 3, 16, 8),
    "organisation": (12, 6, 12, 5),
    "people": (13, 4, 11, 7),
    "technology": (20, 7, 6, 2),
    "regulation": (22, 5, 6, 2),
    "stakeholders": (19, 8, 6, 2),
    "users": (21, 5, 7, 2),
    "data-linkage": (23, 5, 5, 2),
    "evaluation": (24, 3, 5, 3),
}
HELD_UP = {  # item → (the first initiative that it holds up, of those that are held up; how many)
    "business-model": (0, 38),
    "infrastructure": (32, 37),
    "people": (14, 24),
    "organisation": (40, 22),
    "stakeholders": (5, 12),
    "technology": (50, 10),
    "regulation": (22, 9),
    "users": (30, 8),
    "data-linkage": (60, 7),
    "evaluation": (10, 5),
}
FREE_EVERY = 12  # one in so many initiatives is held up by nothing
WISHES, THEMES = (
    "シンポジウムに関する希望調査",
    ("社会実装の進め方", "資金の確保", "住民の理解", "データの活用", "広域での連携"),
)


def load(*, officer: Actor, at: datetime, day: date) -> int:
    """How many surveys: none where nobody would be asked."""
    fy = calendar.fiscal_year(day)
    draft = _begin(TITLE, fy, operations.PROBLEMS, officer=officer, at=at)
    asked = operations.to_be_asked(draft).options(
        selectinload(Project.applicants).joinedload(ProjectApplicant.organisation)
    )
    projects = list(db.session.scalars(asked).unique())
    if not projects:
        return 0
    _enter_initiatives(projects, fy, officer=officer, at=at)
    ends = datetime.combine(day + timedelta(days=28), time(17), calendar.JST)
    operations.open_survey(draft, closes_at=ends, actor=officer, at=at)
    _answer_all(draft, at=at)
    operations.close(draft, actor=officer, at=at)
    publishing.publish(draft, actor=officer, at=at)
    other = _begin(WISHES, fy, operations.EMPTY, officer=officer, at=at)
    operations.change_form(other, BODIES, _wishes(), done={"what": "question_added", "label": "希望するテーマ"}, actor=officer, at=at)  # fmt: skip
    operations.open_survey(other, closes_at=ends, actor=officer, at=at)
    for place, answer in enumerate(_answers_of(other)):
        if place % 3 == 2:  # the others are awaited
            values = {
                "themes": [THEMES[place % 5], THEMES[(place + 2) % 5]],
                "people": str(1 + place % 3),
                "wishes": f"{MARK}現地視察の時間を長く取ってほしい。",
            }
            _write(answer.parts[0], "wishes", values, at=at)
            answers.submit(answer, actor=_of_body(answer), at=at)
    _begin(TITLE, fy + 1, operations.PROBLEMS, before=draft, officer=officer, at=at)
    return 3


def _begin(
    title: str, fy: int, start: str, *, before: Survey | None = None, officer: Actor, at: datetime
) -> Survey:
    values = {
        "fiscal_year": fy,
        "title": f"{MARK}{calendar.era_fiscal_year(fy)} {title}",
        "introduction": "事業の改善のため、日ごろ抱えている課題等についてお聞きします。個々の団体の回答を公表することはありません。",
        "selected_until": fy - 1,
    }
    return operations.begin(the_programme(), values, start=start, before=before, actor=officer, at=at)


def _enter_initiatives(projects: Sequence[Project], fy: int, *, officer: Actor, at: datetime) -> None:
    """So many that there are 75 in 35 bodies: two or three of each, beside those that its room has."""
    query = (
        select(Initiative.project_id, func.count()).where(Initiative.counts).group_by(Initiative.project_id)
    )
    there = {row[0]: int(row[1]) for row in db.session.execute(query)}
    each, more = divmod(INITIATIVES, 35)
    for place, project in enumerate(projects):
        wanted = each + (place >= len(projects) - more)
        for number in range(there.get(project.id, 0), wanted):
            technologies = (
                project.technologies[number % len(project.technologies) :][:1] if project.technologies else []
            )
            name = f"{MARK}{technologies[0] if technologies else '未来技術'}を活用した取組{number + 1}"
            values = {
                "name": name,
                "summary": "",
                "technologies": technologies,
                "begun_on": calendar.fiscal_year_start(fy),
                "ended_on": None,
            }
            initiatives.add(project, values, actor=officer, at=at)


def _answer_all(survey: Survey, *, at: datetime) -> None:
    found = _answers_of(survey)
    of_initiatives = [part for it in found for part in it.parts if part.initiative_id is not None]
    held_up = [part for place, part in enumerate(of_initiatives) if place % FREE_EVERY != FREE_EVERY // 2]
    bottlenecks = _bottlenecks(held_up)
    states = {key: _states(key, held_up, found) for key in OCCURRED}
    for place, answer in enumerate(found):
        for part in answer.parts:
            if part.initiative_id is None:
                _write(part, "problems", {key: states[key][place] for key in ITEMS}, at=at)
            else:
                _write(part, BOTTLENECKS, {BOTTLENECKS: bottlenecks.get(part.id) or [NO_BOTTLENECK]}, at=at)
        answers.submit(answer, actor=_of_body(answer), at=at)


def _states(key: str, held_up: Sequence[SurveyPart], found: Sequence[SurveyAnswer]) -> list[str]:
    """State of each body in turn: a problem that holds up initiatives has occurred in their bodies."""
    none, *occurred = OCCURRED[key]
    line = [state for state, count in zip(STATES[1:], occurred, strict=True) for _ in range(count)]
    line += [NOT_OCCURRED] * none
    first = held_up[HELD_UP[key][0] % len(held_up)].answer if held_up else found[0]
    begins = found.index(first)
    return [line[(place - begins) % len(line)] for place in range(len(found))]


def _bottlenecks(held_up: Sequence[SurveyPart]) -> dict[int, list[str]]:
    """Part of an initiative → what holds it up."""
    found: dict[int, list[str]] = {part.id: [] for part in held_up}
    for key, (first, count) in HELD_UP.items():
        for place in range(min(count, len(held_up))):
            found[held_up[(first + place) % len(held_up)].id].append(ITEMS[key][0])
    return found


def _answers_of(survey: Survey) -> list[SurveyAnswer]:
    query = select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id).order_by(SurveyAnswer.id)
    return list(db.session.scalars(query.options(*answers.whole())).unique())


def _write(part: SurveyPart, key: str, values: dict[str, Any], *, at: datetime) -> None:
    answers.save(part, key, values, version=0, actor=_of_body(part.answer), at=at)


def _of_body(answer: SurveyAnswer) -> Actor:
    """Somebody of the lead, who needs no account for it."""
    body = answer.project.lead
    return SeatlessActor(name=f"{MARK}{body.name} 担当者", role=EDITOR, organisation_id=body.id)


def _wishes() -> Definition:
    return Definition(
        (
            section(
                "wishes", "シンポジウムへの希望", "Wishes for the symposium",
                ask("themes", "several_choices", "希望するテーマ", "Themes", choices=[*THEMES]),
                ask("people", "number", "参加の見込み", "How many would come", unit="人", least="0", places=0),
                ask("wishes", "long_text", "その他の希望", "Other wishes", required=False, max_chars=400, rows=4),
            ),
        )
    )  # fmt: skip
