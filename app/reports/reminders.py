"""What the schedule is told about reports: who owes one. And what is late about a project."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from app.db import db
from app.lifecycle.project import CARRIED_THROUGH, UNDER_SUPPORT
from app.lifecycle.report import TO_HAND_IN
from app.programmes.voice import told_apart
from app.projects.lists import BODIES
from app.projects.models import Project
from app.reports import mails
from app.reports.models import Report
from app.schedule.reminders import DueReminder, Subject


def owed_subjects(at: datetime) -> Iterable[Subject]:
    """Those that wait for the body, anchored at their day; after a return at that of the return."""
    return [
        Subject(
            Report.kind,
            it.id,
            anchor=it.due_at,
            since=it.corrections[-1].asked_at if it.corrections else it.requested_at,
            name=f"{told_apart(it.project.programme_id)}{it.project.number} {it.project.shown_title}",
            page=("reports.show", {"report_id": it.id}),
        )
        for it in db.session.scalars(_owed().order_by(Report.id)).unique()
    ]


def remind(due: DueReminder, at: datetime) -> None:
    """Nothing once it was handed in."""
    found = _owed().where(Report.id == due.subject.id).execution_options(populate_existing=True)
    report = db.session.scalars(found).unique().one_or_none()
    if report is not None:
        mails.reminder(report, occasion=due.occasion, at=at)


def late_projects(at: datetime) -> Select[Project]:
    """The projects under support that owe a report whose day has passed."""
    late = select(Report.project_id).join(Report.project).where(Report.late(at))
    return select(Project).where(UNDER_SUPPORT.of(Project), Project.id.in_(late))


def _owed() -> Select[Report]:
    return (
        select(Report)
        .join(Report.project)
        .where(TO_HAND_IN.of(Report), CARRIED_THROUGH.of(Project))
        .options(contains_eager(Report.project).options(BODIES), selectinload(Report.corrections))
    )
