"""Who has not confirmed its seats: reminded, and late in the portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app import calendar
from app.db import db
from app.lifecycle.project import UNDER_SUPPORT
from app.lifecycle.seat_check import ASKED
from app.projects.models import Project, ProjectApplicant
from app.rotation import mails
from app.rotation.models import SeatCheck
from app.schedule.reminders import DueReminder, Subject


def subjects(at: datetime) -> Iterable[Subject]:
    """The checks of this fiscal year that wait, anchored at their day."""
    waiting = (
        select(SeatCheck)
        .where(ASKED.of(SeatCheck), SeatCheck.fiscal_year == calendar.fiscal_year(at))
        .options(joinedload(SeatCheck.organisation))
        .order_by(SeatCheck.id)
    )
    ends = datetime.combine(calendar.fiscal_year_start(calendar.fiscal_year(at) + 1), time(), calendar.JST)
    return [
        Subject(
            SeatCheck.kind,
            check.id,
            anchor=check.due_on,
            until=ends,
            since=check.created_at,
            name=check.organisation.full_name,
            page=("rotation.show", {"seat_check_id": check.id}),
        )
        for check in db.session.scalars(waiting)
    ]


def remind(due: DueReminder, at: datetime) -> None:
    """The request once more. Nothing once the body has answered."""
    check = db.session.get(SeatCheck, due.subject.id, populate_existing=True)
    if check is not None and check in ASKED:
        mails.asked(check, on=calendar.day_of(at), at=at, reminder=due.occasion)


def unconfirmed_projects(at: datetime) -> Select[Project]:
    """The projects under support with a body whose day has passed without an answer."""
    late = select(SeatCheck.organisation_id).where(
        ASKED.of(SeatCheck),
        SeatCheck.fiscal_year == calendar.fiscal_year(at),
        SeatCheck.due_on < calendar.day_of(at),
    )
    theirs = select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id.in_(late))
    return select(Project).where(UNDER_SUPPORT.of(Project), Project.id.in_(theirs))
