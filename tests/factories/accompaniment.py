"""Entries of logs, obstacles and knowledge, by the operations that make them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app import calendar
from app.accompaniment import entries, knowledge, obstacles
from app.accompaniment.models import KnowledgeItem, LogEntry, Obstacle
from app.db import db
from app.organisations.models import Tenure
from app.permissions import OFFICER
from app.projects.models import Project
from tests.factories.applications import holder
from tests.factories.projects import project as a_project


def log_entry(project: Project | None = None, text: str = "見本の記録", **values: Any) -> LogEntry:
    """A visit of today, by an officer unless `by` somebody else."""
    at = values.pop("at", None) or calendar.now()
    facts = {"entry_kind": "visit", "held_on": at.date(), **values}
    who: Tenure = facts.pop("by", None) or holder(OFFICER)
    return entries.write(project or a_project(), text=text, actor=who, at=at, **facts)


def obstacle(project: Project | None = None, state: str = "outstanding", **values: Any) -> Obstacle:
    """On which the body must act within a month."""
    at = values.pop("at", None) or calendar.now()
    who: Tenure = values.pop("by", None) or holder(OFFICER)
    facts = {
        "title": "道路使用の許可",
        "obstacle_kind": "regulatory",
        "text": "公道での走行に許可が要る。",
        "acts": "body",
        "due_on": at.date() + timedelta(days=30),
        **values,
    }
    made = obstacles.record_one(project or a_project(), actor=who, at=at, **facts)
    if state == "resolved":
        obstacles.resolve(made, outcome="区間を限って許可を得た。", actor=who, at=at)
    elif state == "given_up":
        obstacles.give_up(made, outcome="専用路で行う。", actor=who, at=at)
    db.session.flush()
    return made


def knowledge_item(source: LogEntry | Obstacle | None = None, **values: Any) -> KnowledgeItem:
    """Of a resolved obstacle unless another source is given."""
    words = {
        "topic": "regulatory",
        "question": "公道での走行に許可は要るか",
        "answer": "区間を限れば得られる。",
        "technologies": ["自動運転"],
        **values,
    }
    at = words.pop("at", None) or calendar.now()
    return knowledge.publish(source or obstacle(state="resolved"), actor=holder(OFFICER), at=at, **words)
