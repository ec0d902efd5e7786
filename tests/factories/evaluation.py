"""Evaluation meetings, and what they say of projects."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app import calendar
from app.db import db
from app.evaluation import evaluations, meetings
from app.evaluation.form import GRADES, MEMBERS, RESPONSE, TO_RESULTS, WHOLE
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.permissions import APPROVER, EDITOR, OFFICER
from app.projects.models import Project
from tests.factories.applications import holder
from tests.factories.projects import project as a_project

MEMBER = {"name": "見本 花子", "post": "教授", "organisation": "見本大学", "part": "座長"}


def evaluation_meeting(
    *, state: str = "planned", programme: Any = None, at: datetime | None = None, **facts: Any
) -> EvaluationMeeting:
    """A meeting of today about FY2022, with one member, in `state` (but published: see `evaluation`)."""
    at, officer = at or calendar.now(), holder(OFFICER)
    facts = {
        "name": "見本の効果検証会議",
        "fiscal_year": 2022,
        "held_on": calendar.day_of(at),
        "place": "見本会議室",
        "online": False,
        **facts,
    }
    made = meetings.plan(programme or a_project().programme, facts, actor=officer, at=at)
    meetings.save(made, MEMBERS, {MEMBERS: [MEMBER]}, version=0, actor=officer, at=at)
    if state == "called_off":
        meetings.call_off(made, reason="定足数に満たないため", actor=officer, at=at)
    elif state != "planned":
        meetings.hold(made, actor=officer, at=at)
    return made


def evaluation(
    project: Project | None = None,
    *,
    state: str = "recorded",
    meeting: EvaluationMeeting | None = None,
    due_on: date | None = None,
    opinion: str = "着実に増えている。",
    answer: str = "周知に努めます。",
    published: bool = False,
    at: datetime | None = None,
) -> Evaluation:
    """What a meeting that was held says of a project: one grade and one opinion; in `state`."""
    at, officer = at or calendar.now(), holder(OFFICER)
    project = project or a_project()
    meeting = meeting or evaluation_meeting(state="held", programme=project.programme, at=at)
    made = evaluations.look_at(meeting, project, actor=officer, at=at)
    said = {f"{WHOLE}-grade": GRADES[0], f"{WHOLE}-results": opinion}
    evaluations.save(made, WHOLE, said, version=0, actor=officer, at=at)
    if state == "taken_off":
        evaluations.take_off(made, actor=officer, at=at)
    if state in ("asked", "responded"):
        due_on = due_on or calendar.day_of(at) + timedelta(days=21)
        evaluations.put(made, due_on=due_on, actor=officer, at=at)
    if state == "responded":
        editor, approver = holder(EDITOR, project.lead), holder(APPROVER, project.lead)
        evaluations.save_response(made, RESPONSE, {TO_RESULTS: answer}, version=0, actor=editor, at=at)
        evaluations.respond(made, actor=approver, at=at)
    if published:
        meetings.publish(meeting, actor=officer, at=at)
    db.session.flush()
    return made
