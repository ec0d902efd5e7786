"""Whose day to ask for an extension comes near, and what is late about applications for one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.continuation import mails
from app.continuation.drafting import of_project
from app.continuation.models import Continuation
from app.db import db
from app.lifecycle.continuation import EDITABLE, RETURNED, WITH_OFFICE
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.voice import told_apart
from app.projects.models import Project, ProjectApplicant
from app.schedule.reminders import DueReminder, Subject

DECIDED_WITHIN = timedelta(days=30)  # from the submission; the sources name no time [I]


def subjects(at: datetime) -> Iterable[Subject]:
    """The projects in their last base year that nothing lies with the office of; anchored at their last day to ask for it."""
    fiscal_year = calendar.fiscal_year(at)
    bodies = selectinload(Project.applicants).joinedload(ProjectApplicant.organisation)
    waiting = (
        select(Project)
        .join(Project.call)
        .where(
            UNDER_SUPPORT.of(Project),
            ~Project.end_is_known(),
            Project.last_fy == fiscal_year,
            ~_with_office(),
        )
        .options(joinedload(Project.call), bodies)
        .order_by(Project.number, Project.id)
    )
    projects = db.session.scalars(waiting).all()
    own_days = dict(
        db.session.execute(
            select(Continuation.project_id, Continuation.returned_until).where(
                RETURNED.of(Continuation), Continuation.project_id.in_([it.id for it in projects])
            )
        ).all()
    )
    return [_subject(it, own_days.get(it.id) or it.call.extension_deadline) for it in projects]


def _subject(project: Project, due_on: date) -> Subject:
    return Subject(
        Project.kind,
        project.id,
        anchor=due_on,
        until=datetime.combine(due_on + timedelta(days=1), time(), calendar.JST),
        since=project.created_at,
        name=f"{told_apart(project.programme_id)}{project.number} {'、'.join(body.name for body in project.bodies)}",
        page=("continuation.of_project", {"project_id": project.id}),
    )


def remind(due: DueReminder, at: datetime) -> None:
    """The day once more. Nothing once it lies with the office, or what became of it is recorded."""
    project = db.session.get_one(Project, due.subject.id, populate_existing=True)
    found = of_project(project)
    if not project.awaits_extension or project not in UNDER_SUPPORT or any(it in WITH_OFFICE for it in found):
        return
    drafted = next((it for it in found if it in EDITABLE), None)
    due_on = drafted.due_on if drafted else project.call.extension_deadline
    mails.remind(project, drafted=drafted is not None, due_on=due_on, occasion=due.occasion, at=at)


def late_projects(at: datetime) -> Select[Project]:
    """The projects with an application undecided for longer than `DECIDED_WITHIN`, or returned and not submitted in time."""
    today = calendar.day_of(at)
    late = select(Continuation.project_id).where(
        or_(
            WITH_OFFICE.of(Continuation) & (Continuation.submitted_at < at - DECIDED_WITHIN),
            RETURNED.of(Continuation) & (Continuation.returned_until < today),
        )
    )
    return (
        select(Project)
        .join(Project.call)
        .where(UNDER_SUPPORT.of(Project), ~Project.end_is_known(), Project.id.in_(late))
    )


def _with_office() -> ColumnElement[bool]:
    return exists().where(Continuation.project_id == Project.id, WITH_OFFICE.of(Continuation))
