"""What waits for the office and the municipalities around councils."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func
from sqlalchemy.orm import contains_eager, undefer

from app import calendar
from app.actors import Actor
from app.councils import pace
from app.councils.models import Council, Membership
from app.councils.reminders import not_met
from app.db import db
from app.lifecycle.membership import ASKED
from app.lifecycle.project import UNDER_SUPPORT
from app.memory import CASES, HOUSE, remembered
from app.organisations.models import Organisation
from app.permissions import MUNICIPAL
from app.programmes.models import Call
from app.programmes.voice import told_apart
from app.projects.models import Project, ProjectApplicant
from app.schedule.reminders import first_day, rules_in_force
from app.web.records import shared_by, within_reach
from app.web.tasks import Task

LONGEST = timedelta(days=400)  # that a rule can count


def tasks(actor: Actor, at: datetime) -> list[Task]:
    """Members to ask again, councils to form and to bring together; nothing for who may not manage councils."""
    if not actor.may("council.manage"):
        return []
    return [*_unanswered(actor, at), *_not_met(actor, at)]


def _unanswered(actor: Actor, at: datetime) -> Iterator[Task]:
    """The secretariat is told when the day to reply is over, the office when the link has expired."""
    for it in remembered(
        ("members to ask again", shared_by(actor), calendar.day_of(at)),
        partial(_silent, actor, at),
        HOUSE,
        CASES,
    ):
        if actor.role in MUNICIPAL or it.link_expires_at <= at:
            yield Task(
                _("Ask again: %(member)s has not answered", member=it.named),
                url_for("councils.ask_again", membership_id=it.membership_id),
                it.council,
                it.reply_by,
            )


class _Silent(NamedTuple):
    membership_id: int
    named: str
    council: str
    reply_by: date
    link_expires_at: datetime


def _silent(actor: Actor, at: datetime) -> list[_Silent]:
    """Members who have not answered by the day that they were given, and may be asked again."""
    silent = (
        within_reach(Membership, actor)
        .join(Membership.council)
        .join(Council.project)
        .where(
            ASKED.of(Membership),
            Membership.reply_by < calendar.day_of(at),
            UNDER_SUPPORT.of(Project),
        )
        .options(
            contains_eager(Membership.council).contains_eager(Council.project),
            undefer(Membership.request_failed),
        )
        .order_by(Membership.reply_by, Membership.id)
    )
    return [
        _Silent(it.id, it.named, it.council.name, it.reply_by, it.link_expires_at)
        for it in db.session.scalars(silent)
        if pace.may_be_asked_from(it) <= calendar.day_of(at)
    ]


def _not_met(actor: Actor, at: datetime) -> Iterator[Task]:
    """Form the council, then bring it together. The office is told when a municipality is late with it."""
    for it in remembered(
        ("councils that wait", shared_by(actor), calendar.day_of(at)),
        partial(_waiting, actor, at),
        HOUSE,
        CASES,
    ):
        yield Task(
            _("Hold the first meeting of the council and record it")
            if it.is_formed
            else _("Form the council"),
            url_for("councils.show", project_id=it.project_id),
            told_apart(it.programme_id) + _("No. %(number)s", number=it.number) + f"　{it.lead}",
            it.due,
        )


class _Waiting(NamedTuple):
    project_id: int
    programme_id: int
    number: int
    lead: str
    is_formed: bool
    due: date


def _waiting(actor: Actor, at: datetime) -> list[_Waiting]:
    """Projects whose council has not met; none whose time for it was over before the office began with this system."""
    since = first_day(at)
    announced = func.coalesce(Project.opened_on, Call.announced_on)
    rows = db.session.execute(
        not_met(at)
        .with_only_columns(
            Project.id, Project.programme_id, Project.number, announced, Organisation.full_name, Council.id
        )
        .join(
            ProjectApplicant, (ProjectApplicant.project_id == Project.id) & (ProjectApplicant.position == 0)
        )
        .join(ProjectApplicant.organisation)
        .outerjoin(Council, Council.project_id == Project.id)
        .where(
            announced >= since - LONGEST,
            Project.id.in_(within_reach(Project, actor).with_only_columns(Project.id)),
        )
        .order_by(Project.number)
    ).all()
    to_meet = timedelta(days=max(rules_in_force()["council_not_met"].days)) if rows else timedelta()
    found = []
    for project_id, programme_id, number, announced_on, lead, council_id in rows:
        # Until when a council is to be named is what the letter of selection says, which leaves on that day.
        to_form = calendar.last_business_day_of_next_month(announced_on)
        due = announced_on + to_meet if council_id else to_form
        if due >= since and (actor.role in MUNICIPAL or due < calendar.day_of(at)):
            found.append(_Waiting(project_id, programme_id, number, lead, council_id is not None, due))
    return found
