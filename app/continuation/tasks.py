"""What waits around applications for an extension: to be written, submitted, checked, decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from app import calendar
from app.actors import Actor
from app.continuation.guidance import guidance_day
from app.continuation.models import Continuation
from app.db import db
from app.lifecycle import Group
from app.lifecycle.continuation import EDITABLE, OPEN, TO_CHECK, TO_DECIDE
from app.lifecycle.project import UNDER_SUPPORT
from app.memory import CASES, HOUSE, remembered
from app.permissions import APPROVER, DIRECTOR, EDITOR, MUNICIPAL, OFFICER
from app.programmes.voice import told_apart
from app.projects import extension
from app.projects.models import Project
from app.web.records import shared_by, within_reach
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    on = calendar.day_of(at)
    if actor.role in MUNICIPAL:
        key = "extensions to ask for", shared_by(actor), on
        for it in remembered(key, lambda: list(_of_body(actor, on)), HOUSE, CASES):
            if task := _task(it, actor):
                yield task
    elif actor.role in (OFFICER, DIRECTOR):
        group = TO_CHECK if actor.role == OFFICER else TO_DECIDE
        count = remembered(("extensions with the office", group.only), lambda: _count(group), CASES)
        if count:
            title = (
                _("Check applications for an extension: %(count)s", count=count)
                if actor.role == OFFICER
                else _("Decide on applications for an extension: %(count)s", count=count)
            )
            due = extension.record_by(calendar.fiscal_year(on))
            yield Task(title, url_for("continuation.index", state=group.only), due=due)


class _Waiting(NamedTuple):
    """A project that can ask for an extension; with the application that lies with its bodies, where there is one."""

    project_id: int
    programme_id: int
    number: int
    continuation_id: int | None
    with_approver: bool
    due_on: date


def _of_body(actor: Actor, on: date) -> Iterator[_Waiting]:
    fiscal_year = calendar.fiscal_year(on)
    query = (
        within_reach(Project, actor)
        .join(Project.call)
        .outerjoin(Continuation, (Continuation.project_id == Project.id) & OPEN.of(Continuation))
        .where(UNDER_SUPPORT.of(Project), ~Project.end_is_known(), Project.last_fy == fiscal_year)
        .options(contains_eager(Project.call))
        .add_columns(Continuation)
        .order_by(Project.number, Project.id)
    )
    for project, continuation in db.session.execute(query):
        if continuation is None:
            deadline = project.call.extension_deadline
            if guidance_day(fiscal_year) <= on <= deadline:
                yield _Waiting(project.id, project.programme_id, project.number, None, False, deadline)
        elif continuation in EDITABLE:
            due_on = continuation.returned_until or project.call.extension_deadline
            with_approver = continuation.handed_over_at is not None
            yield _Waiting(
                project.id, project.programme_id, project.number, continuation.id, with_approver, due_on
            )


def _task(it: _Waiting, actor: Actor) -> Task | None:
    """Of the editor while it is written, of the approver once it was handed over."""
    number = told_apart(it.programme_id) + _("No. %(number)s", number=it.number)
    if it.continuation_id is None:
        if actor.role != EDITOR:
            return None
        url = url_for("continuation.of_project", project_id=it.project_id)
        return Task(_("Apply for an extension of support, if it is wanted"), url, number, it.due_on)
    url = url_for("continuation.show", continuation_id=it.continuation_id)
    if it.with_approver:
        title = _("Submit the application for an extension")
        return Task(title, url, number, it.due_on) if actor.role == APPROVER else None
    title = _("Write the application for an extension")
    return Task(title, url, number, it.due_on) if actor.role == EDITOR else None


def _count(group: Group) -> int:
    waiting = (
        select(func.count())
        .select_from(Continuation)
        .join(Continuation.project)
        .where(group.of(Continuation), UNDER_SUPPORT.of(Project))
    )
    return db.session.scalar(waiting) or 0
