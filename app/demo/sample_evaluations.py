"""Evaluation meetings in the demo: one that is published, one with what a city has published of its own (S3), one to come.

The grades and opinions of the city are its meeting's of 令和7年度 about 令和6年度, on a project as a sample: each says so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import db
from app.demo import kpis, people, record
from app.demo.call_content import MARK
from app.evaluation import evaluations, meetings
from app.evaluation.form import GRADES, MEMBERS, REMARKS, RESPONSE, TO_FUTURE, TO_RESULTS, WHOLE, question_of
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.lifecycle.project import UNDER_SUPPORT
from app.projects.models import Project

OF_A_CITY = f"{MARK}「会津若松市」とある項目の評価と意見は、会津若松市が公表した「令和7年度会津若松市まち・ひと・しごと創生包括連携協議会 地方創生事業効果検証会議 令和6年度事業評価結果」によります。この事業のものではありません。その他は、見本として作成したものです。"
PEOPLE = (
    {"name": f"{MARK}見本 花子", "post": "教授", "organisation": "見本大学", "part": "座長"},
    {"name": f"{MARK}見本 次郎", "post": "専務理事", "organisation": "見本商工会議所", "part": "委員"},
    {"name": f"{MARK}見本 三郎", "post": "支店長", "organisation": "見本銀行", "part": "委員"},
)
MADE_UP = "・実証の面積が着実に増えており、事業として定着しつつあることは評価できる。\n・参加者数の伸びに比べ、費用の見通しが分かりにくい。"
WISHED = "・他の地域でも使えるよう、運用の手順を整理して示してほしい。"
ANSWERED = "評価をいただいた点を今後も続けます。費用については、来年度の計画に内訳を示します。"
OWN, TO_COME, ANSWERED_BY = 1, 26, 27  # numbers of projects


def load(*, officer: Actor, at: datetime, day: date) -> int:
    """How many meetings there are, of projects that are under support by then."""
    made = 0
    fy = calendar.fiscal_year(day)
    if own := _numbered(OWN):
        made += _published(own, fy, officer=officer, at=at, day=day)
    if project := kpis.project_of_the_city():
        made += _of_the_city(project, fy, officer=officer, at=at, day=day)
    if coming := _numbered(TO_COME):
        meeting = _plan("効果検証会議（次回）", coming, fy, day + timedelta(days=30), officer=officer, at=at)
        evaluations.look_at(meeting, coming, actor=officer, at=at)
        made += 1
    return made


def _published(project: Project, fy: int, *, officer: Actor, at: datetime, day: date) -> int:
    meeting = _plan("未来技術社会実装 効果検証会議", project, fy - 1, _working_day(at, 60), officer=officer, at=at)  # fmt: skip
    meetings.hold(meeting, actor=officer, at=at)
    evaluation = evaluations.look_at(meeting, project, actor=officer, at=at)
    _say(evaluation, WHOLE, {WHOLE: (GRADES[1], MADE_UP, WISHED)}, officer=officer, at=at)
    evaluations.put(evaluation, due_on=day + timedelta(days=14), actor=officer, at=at)
    _answer(evaluation, at)
    meetings.publish(meeting, actor=officer, at=at)
    return 1


def _of_the_city(project: Project, fy: int, *, officer: Actor, at: datetime, day: date) -> int:
    meeting = _plan(
        "地方創生事業効果検証会議",
        project,
        fy,
        _working_day(at, 7),
        officer=officer,
        at=at,
    )
    meetings.save(meeting, REMARKS, {REMARKS: OF_A_CITY}, version=0, actor=officer, at=at)
    meetings.hold(meeting, actor=officer, at=at)
    evaluation = evaluations.look_at(meeting, project, actor=officer, at=at)
    words = {
        f"{kpis.OF_AIZU} {row['initiative']}": (row["grade"], row["on_results"], row["on_future"])
        for row in record.evaluations()
    }
    for section in evaluation.findings.form.sections:
        if section.label.ja in words:
            _say(evaluation, section.key, {section.key: words[section.label.ja]}, officer=officer, at=at)
    due_on = calendar.first_business_day_on_or_after(day + timedelta(days=14))
    evaluations.put(evaluation, due_on=due_on, actor=officer, at=at)
    _others(meeting, due_on, officer=officer, at=at)
    return 1


def _others(meeting: EvaluationMeeting, due_on: date, *, officer: Actor, at: datetime) -> None:
    """Made up: one that the demo's own municipality may answer, one that was answered, one that is being recorded."""
    for number in (OWN, ANSWERED_BY, TO_COME):
        if (project := _numbered(number)) is None:
            continue
        evaluation = evaluations.look_at(meeting, project, actor=officer, at=at)
        _say(evaluation, WHOLE, {WHOLE: (GRADES[2], MADE_UP, WISHED)}, officer=officer, at=at)
        if number != TO_COME:
            evaluations.put(evaluation, due_on=due_on, actor=officer, at=at)
        if number == ANSWERED_BY:
            _answer(evaluation, at)


def _answer(evaluation: Evaluation, at: datetime) -> None:
    approver = people.somebody_at(evaluation.project.lead, at)
    answers = {TO_RESULTS: ANSWERED, TO_FUTURE: "運用の手順書を公開します。"}
    evaluations.save_response(evaluation, RESPONSE, answers, version=0, actor=approver, at=at)
    evaluations.respond(evaluation, actor=approver, at=at)


def _plan(
    name: str, project: Project, fiscal_year: int, held_on: date, *, officer: Actor, at: datetime
) -> EvaluationMeeting:
    facts: dict[str, Any] = {
        "name": f"{MARK}{name}",
        "fiscal_year": fiscal_year,
        "held_on": held_on,
        "place": f"{MARK}中央合同庁舎会議室",
        "online": True,
    }
    meeting = meetings.plan(project.programme, facts, actor=officer, at=at)
    meetings.save(meeting, MEMBERS, {MEMBERS: list(PEOPLE)}, version=0, actor=officer, at=at)
    return meeting


def _say(
    evaluation: Evaluation,
    section: str,
    words: dict[str, tuple[str, str, str]],
    *,
    officer: Actor,
    at: datetime,
) -> None:
    values = {
        question_of(item, part): text
        for item, texts in words.items()
        for part, text in zip(("grade", "results", "future"), texts, strict=True)
    }
    evaluations.save(evaluation, section, values, version=0, actor=officer, at=at)


def _working_day(at: datetime, days_before: int) -> date:
    return calendar.last_business_day_on_or_before(calendar.day_of(at) - timedelta(days=days_before))


def _numbered(number: int) -> Project | None:
    query = select(Project).where(Project.number == number, UNDER_SUPPORT.of(Project))
    return db.session.scalars(query.order_by(Project.id)).first()
