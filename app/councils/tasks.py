"""What waits for the office and the municipalities around councils."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager, joinedload

from app import calendar
from app.councils.models import Council, Membership
from app.councils.reminders import announced_on, not_met
from app.db import db
from app.permissions import MUNICIPAL
from app.projects.models import Project, ProjectApplicant
from app.schedule.reminders import first_day, rules_in_force
from app.web.tasks import Task

FORMED_WITHIN = timedelta(days=30)  # [I] of the announcement


def tasks(actor: Any, at: datetime) -> list[Task]:
    """Members to ask again, councils to form and to bring together; nothing for who may not manage councils."""
    if not actor.may("council.manage"):
        return []
    return [*_unanswered(actor, at), *_not_met(actor, at)]


def _unanswered(actor: Any, at: datetime) -> Iterator[Task]:
    """The secretariat is told when the day to reply is over, the office when the link has expired."""
    silent = (
        Membership.visible_to(actor)
        .join(Membership.council)
        .join(Council.project)
        .where(
            Membership.state == "asked",
            Membership.reply_by < calendar.day_of(at),
            Project.state == "supported",
        )
        .options(contains_eager(Membership.council).contains_eager(Council.project))
        .order_by(Membership.reply_by, Membership.id)
    )
    for membership in db.session.scalars(silent):
        if actor.role in MUNICIPAL or membership.link_expires_at <= at:
            yield Task(
                _("Ask again: %(member)s has not answered", member=membership.named),
                url_for("councils.ask_again", membership_id=membership.id),
                membership.council.name,
                membership.reply_by,
            )


def _not_met(actor: Any, at: datetime) -> Iterator[Task]:
    """Form the council, then bring it together. The office is told when a municipality is late with it."""
    waiting = db.session.execute(
        not_met(at)
        .where(Project.id.in_(Project.visible_to(actor).with_only_columns(Project.id)))
        .outerjoin(Council, Council.project_id == Project.id)
        .add_columns(Council)
        .options(
            contains_eager(Project.call),
            joinedload(Project.applicants).joinedload(ProjectApplicant.organisation),
        )
        .order_by(Project.number)
    )
    since, days_to_meet = first_day(at), max(rules_in_force()["council_not_met"].days)
    for project, council in waiting.unique():
        announced = announced_on(project)
        due = announced + (timedelta(days=days_to_meet) if council else FORMED_WITHIN)
        if due < since or not (actor.role in MUNICIPAL or due < calendar.day_of(at)):
            continue
        yield Task(
            _title(council),
            url_for("councils.show", project_id=project.id),
            f"{project.number} {project.lead.full_name}",
            due,
        )


def _title(council: Council | None) -> str:
    if council is None:
        return _("Form the council")
    return _("Hold the first meeting of the council and record it")
