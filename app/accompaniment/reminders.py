"""What the schedule is told about obstacles: those on which a local government must act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from app import calendar
from app.accompaniment import mails
from app.accompaniment.models import OF_BODY, Obstacle
from app.db import db
from app.lifecycle.obstacle import OUTSTANDING
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.voice import told_apart
from app.projects.models import Project
from app.schedule.reminders import DueReminder, Subject


def due_subjects(at: datetime) -> Iterable[Subject]:
    """Outstanding obstacles of projects under support on which the body must act, anchored at the day by which to."""
    return [
        Subject(
            Obstacle.kind,
            it.id,
            anchor=it.due_on,
            since=it.raised_at,
            name=f"{told_apart(it.project.programme_id)}{it.project.number} {it.title}",
            page=("accompaniment.obstacle", {"obstacle_id": it.id}),
        )
        for it in db.session.scalars(_of_bodies().order_by(Obstacle.id))
    ]


def remind(due: DueReminder, at: datetime) -> None:
    """To the project's bodies and, in the copy of the day, the officers. Nothing once it is settled."""
    found = _of_bodies().where(Obstacle.id == due.subject.id)
    obstacle = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if obstacle is not None:
        mails.overdue(obstacle, occasion=due.occasion, at=at)


def _of_bodies() -> Select[Obstacle]:
    return (
        select(Obstacle)
        .join(Obstacle.project)
        .where(OUTSTANDING.of(Obstacle), Obstacle.acts == OF_BODY, UNDER_SUPPORT.of(Project))
        .options(contains_eager(Obstacle.project))
    )


def projects_with_late_ones(at: datetime) -> Select[Project]:
    """The projects under support with an open obstacle whose day has passed, whoever must act."""
    late = select(Obstacle.project_id).where(Obstacle.late(calendar.day_of(at)))
    return select(Project).where(UNDER_SUPPORT.of(Project), Project.id.in_(late))
