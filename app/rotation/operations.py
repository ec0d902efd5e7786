"""Ask each April, confirm, report a change, settle it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, select

from app import calendar
from app.actors import Actor
from app.db import db, held
from app.lifecycle import move
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.models import Organisation
from app.permissions import SYSTEM
from app.projects.models import Project, ProjectApplicant
from app.rotation import mails
from app.rotation.models import SeatCheck

CAUGHT_UP_FOR = timedelta(days=90)
TIME_TO_ANSWER = timedelta(days=21)  # from the day it is asked; domain.md §3 names no day [I]


def ask(*, on: date, at: datetime) -> int:
    """From the first working day of the fiscal year on: ask the bodies of supported projects that were not asked yet. Commits.

    What a standstill missed is caught up until the end of June. A body whose first project came since April is asked the
    next year: its seats were made a moment ago.
    """
    fiscal_year = calendar.fiscal_year(on)
    begins = calendar.fiscal_year_start(fiscal_year)
    if not calendar.is_business_day(on) or on > begins + CAUGHT_UP_FOR:
        return 0
    asked = exists().where(SeatCheck.organisation_id == Organisation.id, SeatCheck.fiscal_year == fiscal_year)
    supported = (
        select(ProjectApplicant.organisation_id)
        .join(ProjectApplicant.project)
        .where(UNDER_SUPPORT.of(Project), Project.created_at < datetime.combine(begins, time(), calendar.JST))
    )
    bodies = (
        select(Organisation)
        .where(Organisation.id.in_(supported), ~asked)
        .order_by(Organisation.code, Organisation.id)
    )
    count = 0
    for body in db.session.scalars(bodies).all():
        ask_body(body, on=on, at=at)
        count += 1
    db.session.commit()
    return count


def ask_body(body: Organisation, *, on: date, at: datetime) -> SeatCheck:
    """Ask one body about the fiscal year of `on`, by task and mail."""
    check = SeatCheck(organisation=body, fiscal_year=calendar.fiscal_year(on), due_on=_due(on), created_at=at)
    db.session.add(check)
    db.session.flush()
    check.record("seats_asked", actor=SYSTEM, at=at, changes={"due_on": check.due_on})
    mails.asked(check, on=on, at=at)
    return check


def confirm(check: SeatCheck, *, actor: Actor, at: datetime) -> None:
    """The seats are held as the record has it. Raises NotAllowed."""
    check = held(check)
    move(check, "confirm", actor=actor, at=at)
    check.answered_at, check.answered_by = at, actor.name


def report(check: SeatCheck, *, report: str, actor: Actor, at: datetime) -> None:
    """Somebody changed: who and since when, in the body's words. The administrators are told. Raises NotAllowed, ValueError."""
    if not report.strip():
        raise ValueError("a change is reported in words")
    check = held(check)
    move(check, "report", actor=actor, at=at, changes={"report": report.strip()})
    check.answered_at, check.answered_by, check.report = at, actor.name, report.strip()
    check.settled_at, check.settled_by = None, ""
    db.session.flush()
    mails.reported(check, at=at)


def settle(check: SeatCheck, *, actor: Actor, at: datetime) -> None:
    """An administrator has entered the change. Raises NotAllowed."""
    check = held(check)
    move(check, "settle", actor=actor, at=at)
    check.settled_at, check.settled_by = at, actor.name


def _due(on: date) -> date:
    return calendar.first_business_day_on_or_after(on + TIME_TO_ANSWER)
