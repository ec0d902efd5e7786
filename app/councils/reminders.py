"""What the schedule is told about councils: members who have not answered, projects whose council has not met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import calendar
from app.councils import mails, operations
from app.councils.models import Council, Meeting, Membership
from app.db import db
from app.lifecycle.membership import ASKED
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.models import Call
from app.programmes.voice import told_apart
from app.projects.models import Project, ProjectApplicant
from app.schedule.reminders import DueReminder, Subject

TIME_TO_MEET = timedelta(days=90)


def unanswered_subjects(at: datetime) -> Iterable[Subject]:
    """Members asked and silent, of projects under support; pointless once their link has expired."""
    asked = (
        select(Membership)
        .join(Membership.council)
        .join(Council.project)
        .where(ASKED.of(Membership), UNDER_SUPPORT.of(Project))
        .options(contains_eager(Membership.council).contains_eager(Council.project))
        .order_by(Membership.id)
    )
    return [
        Subject(
            Membership.kind,
            membership.id,
            anchor=membership.reply_by,
            until=membership.link_expires_at,
            since=membership.asked_at,
            name=f"{membership.council.name} {membership.named}",
            page=("councils.show", {"project_id": membership.council.project_id}),
        )
        for membership in db.session.scalars(asked)
    ]


def remind_of_answer(due: DueReminder, at: datetime) -> None:
    """The request once more, with a link of its own. Nothing for a member who has answered since."""
    membership = db.session.get(Membership, due.subject.id, populate_existing=True)
    if membership is not None and membership in ASKED:
        mails.reminded(membership, occasion=due.occasion, link=operations.new_link(membership), at=at)


def not_met_subjects(at: datetime) -> Iterable[Subject]:
    """Projects under support without a meeting on record, anchored at their announcement where that day is known."""
    projects = not_met(at).options(
        contains_eager(Project.call),
        selectinload(Project.applicants).joinedload(ProjectApplicant.organisation),
    )
    return [
        Subject(
            Project.kind,
            project.id,
            anchor=announced_on(project),
            since=project.created_at,
            name=f"{told_apart(project.programme_id)}{project.number} {'、'.join(body.name for body in project.bodies)}",
            page=("councils.show", {"project_id": project.id}),
        )
        for project in db.session.scalars(projects.order_by(Project.number))
    ]


def remind_of_meeting(due: DueReminder, at: datetime) -> None:
    """To the project's bodies and the officers. Nothing once a meeting has been recorded."""
    found = not_met(at).where(Project.id == due.subject.id).options(joinedload(Project.call))
    project = db.session.scalars(found).one_or_none()
    if project is not None:
        council = operations.council_of(project)
        mails.not_met(project, council, occasion=due.occasion, announced_on=announced_on(project), at=at)


def not_met(at: datetime) -> Select:
    """Projects under support, announced by `at`, of whose council no meeting is on record."""
    met = exists().where(Council.project_id == Project.id, Meeting.council_id == Council.id)
    announced = func.coalesce(Project.opened_on, Call.announced_on)
    return (
        select(Project)
        .join(Project.call)
        .where(UNDER_SUPPORT.of(Project), announced <= calendar.day_of(at), ~met)
    )


def long_not_met(at: datetime) -> Select:
    """Those of them that were announced so long ago that it should have (domain.md §3)."""
    announced = func.coalesce(Project.opened_on, Call.announced_on)
    return not_met(at).where(announced <= calendar.day_of(at) - TIME_TO_MEET)


def announced_on(project: Project) -> date:
    """The day of the announcement: the project's own, else its call's. Only for projects that have one."""
    day = project.opened_on or project.call.announced_on
    assert day is not None
    return day
