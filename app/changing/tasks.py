"""What waits around change requests: a draft that its approver submits, one that a director decides; and what is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from app.actors import Actor
from app.changing.models import ChangeRequest
from app.db import db
from app.lifecycle.change_request import DRAFTED, TO_DECIDE
from app.lifecycle.project import UNDER_SUPPORT
from app.memory import CASES, HOUSE, remembered
from app.permissions import APPROVER, DIRECTOR
from app.programmes.voice import told_apart
from app.projects.models import Project
from app.web.records import shared_by, within_reach
from app.web.tasks import Task

DECIDED_WITHIN = timedelta(days=30)  # from the submission; the sources name no time [I]


def tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    if actor.role == APPROVER:
        key = "change requests to submit", shared_by(actor)
        for request_id, programme_id, number in remembered(key, lambda: _drafts(actor), HOUSE, CASES):
            about = told_apart(programme_id) + _("No. %(number)s", number=number)
            yield Task(
                _("Submit or withdraw a change request"),
                url_for("changing.show", change_request_id=request_id),
                about,
            )
    elif actor.role == DIRECTOR:
        count = remembered("change requests to decide", _to_decide, CASES)
        if count:
            yield Task(
                _("Decide on change requests: %(count)s", count=count),
                url_for("changing.index", state=TO_DECIDE.only),
            )


def late_projects(at: datetime) -> Select[Project]:
    """The projects with a request that is undecided for longer than `DECIDED_WITHIN`."""
    late = select(ChangeRequest.project_id).where(
        TO_DECIDE.of(ChangeRequest), ChangeRequest.submitted_at < at - DECIDED_WITHIN
    )
    return select(Project).where(UNDER_SUPPORT.of(Project), Project.id.in_(late))


def _drafts(actor: Actor) -> list[tuple[int, int, int]]:
    query = (
        within_reach(ChangeRequest, actor)
        .join(ChangeRequest.project)
        .where(DRAFTED.of(ChangeRequest), UNDER_SUPPORT.of(Project))
        .options(contains_eager(ChangeRequest.project))
        .order_by(ChangeRequest.id)
    )
    return [(it.id, it.project.programme_id, it.project.number) for it in db.session.scalars(query)]


def _to_decide() -> int:
    query = (
        select(func.count())
        .select_from(ChangeRequest)
        .join(ChangeRequest.project)
        .where(TO_DECIDE.of(ChangeRequest), UNDER_SUPPORT.of(Project))
    )
    return db.session.scalar(query) or 0
