"""Obstacles on which somebody must act within a week: each for a body, one line for the office or a ministry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func

from app import calendar
from app.accompaniment.lists import SOON
from app.accompaniment.models import OF_MINISTRY, OF_OFFICE, Obstacle, side_of
from app.actors import Actor
from app.db import db
from app.lifecycle.obstacle import OUTSTANDING
from app.lifecycle.project import UNDER_SUPPORT
from app.memory import CASES, HOUSE, remembered
from app.permissions import MUNICIPAL
from app.programmes.voice import told_apart
from app.projects.models import Project
from app.web.records import shared_by, within_reach
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    """Nothing for who may not settle one."""
    if not actor.may("obstacle.settle"):
        return
    on = calendar.day_of(at)
    if actor.role in MUNICIPAL:
        key = "obstacles to act on", shared_by(actor), on
        for it in remembered(key, lambda: _of_body(actor, on), HOUSE, CASES):
            number = told_apart(it.programme_id) + _("No. %(number)s", number=it.number)
            title = _("Act on an obstacle: %(obstacle)s", obstacle=it.title)
            url = url_for("accompaniment.obstacle", obstacle_id=it.obstacle_id)
            yield Task(title, url, number, it.due_on)
        return
    key = "how many obstacles to act on", shared_by(actor), on
    count, earliest = remembered(key, lambda: _counted(actor, on), HOUSE, CASES)
    if count:
        title = _("Act on obstacles: %(count)s due within a week, or past their day", count=count)
        yield Task(title, url_for("accompaniment.obstacles", **_asked(actor)), due=earliest)


class _Due(NamedTuple):
    obstacle_id: int
    title: str
    due_on: date
    programme_id: int
    number: int


def _waiting(actor: Actor, on: date) -> Select[Any]:
    """Those on which the side of `actor` must act within a week; of a ministry, its own."""
    side = side_of(actor.role)
    query: Select[Any] = within_reach(Obstacle, actor).where(
        OUTSTANDING.of(Obstacle), Obstacle.acts == side, Obstacle.due_on <= on + SOON
    )
    return query.where(Obstacle.ministry_id == actor.organisation_id) if side == OF_MINISTRY else query


def _of_body(actor: Actor, on: date) -> list[_Due]:
    """None of a project whose support is over: from then on nothing is asked of a body."""
    rows = db.session.execute(
        _waiting(actor, on)
        .join(Obstacle.project)
        .where(UNDER_SUPPORT.of(Project))
        .with_only_columns(Obstacle.id, Obstacle.title, Obstacle.due_on, Project.programme_id, Project.number)
        .order_by(Obstacle.due_on, Obstacle.id)
    )
    return [_Due(*row) for row in rows]


def _counted(actor: Actor, on: date) -> tuple[int, date | None]:
    found = _waiting(actor, on).with_only_columns(func.count(), func.min(Obstacle.due_on))
    count, earliest = db.session.execute(found).one()
    return int(count), earliest


def _asked(actor: Actor) -> dict[str, Any]:
    """The list of exactly these."""
    side = side_of(actor.role)
    asked: dict[str, Any] = {"acts": side, "due": "soon"}
    return asked if side == OF_OFFICE else {**asked, "ministry": actor.organisation_id}
