"""What the schedule is told about projects: whose support will end, and what waits for approval or to be recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.db import db
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.voice import told_apart
from app.projects import extension, mails
from app.projects.end_of_support import ending, unapproved
from app.projects.models import Project, ProjectApplicant
from app.schedule.reminders import DueReminder, Subject


def ending_subjects(at: datetime) -> Iterable[Subject]:
    """Every project under support, anchored at its last day; pointless once that day is over."""
    bodies = selectinload(Project.applicants).joinedload(ProjectApplicant.organisation)
    projects = select(Project).where(UNDER_SUPPORT.of(Project)).options(joinedload(Project.call), bodies)
    return [
        Subject(
            Project.kind,
            project.id,
            anchor=project.ends_on,
            until=datetime.combine(calendar.fiscal_year_start(project.last_fy + 1), time(), calendar.JST),
            since=project.created_at,
            name=f"{told_apart(project.programme_id)}{project.number} {'、'.join(body.name for body in project.bodies)}",
            page=("projects.show", {"project_id": project.id}),
        )
        for project in db.session.scalars(projects.order_by(Project.number))
    ]


def remind_of_end(due: DueReminder, at: datetime) -> None:
    """Tell the project's bodies and the officers that support will end, and what happens next."""
    project = db.session.get_one(Project, due.subject.id)
    days = calendar.days_until(project.ends_on, at)
    mails.support_will_end(project, occasion=due.occasion, days=days, on=calendar.day_of(at), at=at)


def unapproved_subjects(at: datetime) -> Iterable[Subject]:
    """The fiscal years whose letters will be, or are, waiting for the director: for the forecast alone."""
    this_year = calendar.fiscal_year(at)
    expected = (
        {this_year}
        if db.session.scalar(
            ending(calendar.fiscal_year(at)).where(UNDER_SUPPORT.of(Project), Project.end_is_known())
        )
        else set()
    )
    return [
        _year(fiscal_year, calendar.support_end_notice_day(fiscal_year))
        for fiscal_year in sorted(expected | set(unapproved()))
    ]


def unrecorded_subjects(at: datetime) -> Iterable[Subject]:
    """The fiscal years with projects whose extension is to be recorded: for the forecast alone."""
    years = extension.unrecorded(calendar.day_of(at))
    return [_year(fiscal_year, extension.record_by(fiscal_year)) for fiscal_year in years]


def _year(fiscal_year: int, anchor: date) -> Subject:
    return Subject(
        "fiscal_year",
        fiscal_year,
        anchor=anchor,
        name=calendar.era_fiscal_year(fiscal_year),
        page=("projects.ending", {"fiscal_year": fiscal_year}),
    )
