"""Thirteen years of the programme, day by day: the demo's clock runs, and people act on the days set down here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from app import calendar, jobs
from app.correspondence import approval, letters
from app.db import db
from app.demo.clock import move_clock
from app.demo.loading import load
from app.organisations.contacts import tenure_of
from app.organisations.models import Organisation
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.projects import extension
from app.projects.end_of_support import KIND
from app.projects.models import Project
from app.projects.operations import open_project
from app.web import clock

FIRST, LAST = date(2018, 4, 1), date(2031, 4, 1)
AFTERNOON = time(15)
LATE_YEAR, LATE_DAY = (
    2025,
    date(2026, 9, 5),
)  # one letter of FY2025 is forgotten in March and approved on a Saturday
EXTENDABLE = "R7"
BODIES = ("012041", "032018", "111007")  # whose sample projects of R7 go three ways
EXTENSIONS = (  # day on which it is recorded, body, outcome, years
    (date(2028, 2, 10), BODIES[0], "certified", 2),
    (date(2028, 2, 10), BODIES[1], "not_asked", 0),
    (date(2028, 3, 7), BODIES[2], "refused", 0),  # late: the officers have been told since February
)

Acts = Mapping[date, Callable[[datetime], None]]


@dataclass
class Course:
    """What went wrong in a job, day by day; and from when on mails were queued by jobs alone."""

    loaded_at: datetime
    errors: list[str] = field(default_factory=list)

    def run_daily(self, on: date, *, at: datetime) -> dict[str, Any]:
        done = jobs.run_daily(on, at=at)
        self.errors += [f"{on}: {name}: {did['error']}" for name, did in done.items() if "error" in did]
        db.session.remove()  # as between two turns of a worker
        return done


def let_happen(acts: Acts, until: date, *, passed: Callable[[date], None] = lambda day: None) -> Course:
    """Load the demo on the day of BANSO_TODAY, and let each day until `until` happen, with its jobs and `acts`."""
    clock.sync()
    load()
    clock.sync()
    course = Course(datetime.combine(calendar.today(), time(23, 59), calendar.JST))
    for day in sorted({*acts, until}):
        move_clock(day, course.run_daily)
        if day in acts:
            at = datetime.combine(day, AFTERNOON, calendar.JST)
            with calendar.pinned_to(at):
                acts[day](at)
                db.session.commit()
        passed(day)
    return course


def thirteen_years() -> dict[date, Callable[[datetime], None]]:
    """The director approves in the middle of each March, one letter only in September; R7 is extended or not."""
    acts: dict[date, Callable[[datetime], None]] = {date(2025, 4, 14): _open_projects_of_the_extendable_call}
    for year in range(FIRST.year + 1, LAST.year + 1):
        middle = calendar.first_business_day_on_or_after(date(year, 3, 15))
        acts[middle] = approve_all_but_one if year == LATE_YEAR + 1 else approve_all
    acts[LATE_DAY] = approve_all
    for day in {day for day, *_ in EXTENSIONS}:
        acts[day] = _record_extensions
    return acts


def approve_all(at: datetime) -> None:
    approval.approve(letters.letters_of(KIND, state="drafted"), actor=_acting("director"), at=at)


def approve_all_but_one(at: datetime) -> None:
    """The last of them is overlooked."""
    approval.approve(letters.letters_of(KIND, state="drafted")[:-1], actor=_acting("director"), at=at)


def _open_projects_of_the_extendable_call(at: datetime) -> None:
    call = db.session.scalars(select(Call).where(Call.code == EXTENDABLE)).one()
    for code in BODIES:
        body = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
        open_project(
            call=call, applicants=[body], title="（見本）延長のできる事業", opened_on=call.announced_on, actor=SYSTEM, at=at
        )  # fmt: skip


def _record_extensions(at: datetime) -> None:
    for day, code, outcome, years in EXTENSIONS:
        if day == at.date():
            extension.record_extension(
                project_of(code), outcome=outcome, years=years, on=day, actor=_acting("officer"), at=at
            )


def project_of(code: str) -> Project:
    """The sample project of the extendable call that this body leads."""
    projects = select(Project).join(Project.call).where(Call.code == EXTENDABLE)
    return next(project for project in db.session.scalars(projects) if project.lead.code == code)


def _acting(account: str) -> Any:
    return tenure_of(f"{account}@example.jp")
