"""Asking for reports: by a job in February for every project under support, or by an officer for one project and year.

A report is asked for once, with what is on record filled in: the letter (依頼) is drafted for a director, the body is told by
mail. The job makes up for what a standstill missed until June. It does not ask for a year whose day of asking came before the
office began to work with this system (ADR 50): that an officer does, for all at once or one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select

from app import calendar
from app.actors import Actor
from app.calendar import FiscalYear
from app.correspondence import letters as correspondence
from app.db import db, held
from app.explained import N_, Explained
from app.installation import Setting
from app.lifecycle import NotAllowed
from app.lifecycle.project import CARRIED_THROUGH
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.projects.models import Project
from app.questions import answering, publishing
from app.questions.publishing import note_answered
from app.reports import letters, mails
from app.reports.form import report_form
from app.reports.known import filled_in
from app.reports.models import ANNUAL, FINAL, Report, ReportForm

log = logging.getLogger(__name__)
MADE_UP_FOR = timedelta(days=90)  # after the end of the fiscal year
END_OF_BUSINESS = time(17)
TITLES = {ANNUAL: "年次報告", FINAL: "取りまとめ報告書"}
BEFORE = N_("This project was selected in %(year)s. No report can be asked for a year before that.")
AFTER = N_("Support of this project ends with %(year)s. No report can be asked for a year after that.")
TO_COME = N_("%(year)s has not begun yet. A report is asked for once its year is under way.")
ASKED = N_("The report of %(year)s was asked for already. A year is asked for once.")
CANCELLED = N_("This project was cancelled: no report of it is asked for any more.")


class NotAllAsked(Exception):
    """Some reports could not be asked for; all others were. The next run tries them again."""


class NotToBeAsked(Explained):
    """No report can be asked of this project for this year; the sentence says why."""


def day_of_asking(fiscal_year: int) -> date:
    """The first working day of February."""
    return calendar.first_business_day_on_or_after(date(fiscal_year + 1, 2, 1))


def due_at(fiscal_year: int, *, asked: datetime) -> datetime:
    """The close of business of the last working day of the fiscal year (domain.md §3 [I]); two weeks where that is over."""
    day = calendar.last_business_day_on_or_before(calendar.fiscal_year_end(fiscal_year))
    earliest = calendar.business_days_after(asked, 10)
    return datetime.combine(max(day, earliest), END_OF_BUSINESS, calendar.JST)


def ask_all(*, on: date, at: datetime) -> int:
    """Ask for what is to be asked for by `on`, where the office worked with this system by then. Commits per project.

    One that fails does not keep the others back: it is logged, and after the others NotAllAsked is raised.
    """
    fiscal_year = year_to_ask(on)
    if fiscal_year is None or not calendar.is_business_day(on):
        return 0
    began = Setting.get("reminders_since")
    if began is None or date.fromisoformat(began) > day_of_asking(fiscal_year):
        return 0
    return _ask_each(fiscal_year, actor=SYSTEM, at=at)


def ask_by_hand(
    arguments: dict[str, Any], *, actor: Actor, at: datetime, progress: Callable[[int, int], None]
) -> None:
    """The same, of `arguments["fiscal_year"]`, because an officer said so: long work."""
    _ask_each(arguments["fiscal_year"], actor=actor, at=at, progress=progress)


def to_ask(fiscal_year: int) -> Select[Project]:
    """The projects that were under support in the year, ended since or not, and of which its report was not asked for."""
    asked = exists().where(Report.project_id == Project.id, Report.fiscal_year == fiscal_year)
    begins_next = datetime.combine(calendar.fiscal_year_start(fiscal_year + 1), time(), calendar.JST)
    return (
        select(Project)
        .join(Project.call)
        .where(
            CARRIED_THROUGH.of(Project),
            Call.selection_fy <= fiscal_year,
            Project.last_fy >= fiscal_year,
            Project.created_at < begins_next,
            ~asked,
        )
        .order_by(Project.number, Project.id)
    )


def count_to_ask(fiscal_year: int) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(to_ask(fiscal_year).order_by(None).subquery()))
        or 0
    )


def refuse_year(project: Project, fiscal_year: int, *, at: datetime) -> None:
    """Raises NotToBeAsked for a year before the selection, after the end, or to come, and once it was asked for."""
    if project not in CARRIED_THROUGH:
        raise NotToBeAsked(CANCELLED)
    if fiscal_year < project.call.selection_fy:
        raise NotToBeAsked(BEFORE, year=FiscalYear(project.call.selection_fy))
    if fiscal_year > project.last_fy:
        raise NotToBeAsked(AFTER, year=FiscalYear(project.last_fy))
    if fiscal_year > calendar.fiscal_year(at):
        raise NotToBeAsked(TO_COME, year=FiscalYear(fiscal_year))
    of_year = select(Report.id).where(Report.project_id == project.id, Report.fiscal_year == fiscal_year)
    if db.session.scalar(of_year) is not None:
        raise NotToBeAsked(ASKED, year=FiscalYear(fiscal_year))


def ask(project: Project, fiscal_year: int, *, actor: Actor, at: datetime) -> Report:
    """Ask for the report of one project and year. Raises NotToBeAsked, NotAllowed."""
    if not actor.may("report.request", project):
        raise NotAllowed(project, "ask for a report", "not permitted")
    project = held(project)  # of two who ask at once the second finds it asked for
    refuse_year(project, fiscal_year, at=at)
    kind = kind_of(project, fiscal_year)
    version = _form_of(project, kind, at=at).template.published
    assert version is not None, "the form of the reports is published when it is begun"
    response = answering.start(version, about=project, organisation=project.lead, at=at)
    report = Report(
        project=project,
        fiscal_year=fiscal_year,
        report_kind=kind,
        answered=response,
        requested_at=at,
        due_at=due_at(fiscal_year, asked=at),
        created_at=at,
    )
    db.session.add(report)
    db.session.flush()
    response.subject_kind, response.subject_id = report.kind, report.id
    for key, rows in filled_in(project, fiscal_year).items():
        note_answered(version, at=at)
        answering.put(response, key, rows, at=at)
    report.record("report_asked", actor=actor, at=at, changes={"due_at": report.due_at})
    _draft_letter(report, at=at)
    mails.asked(report, at=at)
    return report


def kind_of(project: Project, fiscal_year: int) -> str:
    """A final report in the last base year, and in the last year of all; else an annual one."""
    last_base = project.call.last_fy_with(0)
    return FINAL if fiscal_year in (last_base, project.last_fy) else ANNUAL


def _ask_each(
    fiscal_year: int, *, actor: Actor, at: datetime, progress: Callable[[int, int], None] | None = None
) -> int:
    waiting = [it.id for it in db.session.scalars(to_ask(fiscal_year)).all()]
    count = failed = 0
    for place, project_id in enumerate(waiting, start=1):
        try:
            ask(db.session.get_one(Project, project_id), fiscal_year, actor=actor, at=at)
            count += 1
            db.session.commit()
        except NotToBeAsked:  # another worker was faster, or it was cancelled meanwhile
            db.session.rollback()
        except Exception:
            db.session.rollback()
            failed += 1
            log.exception("the report of project %s could not be asked for", project_id)
        if progress:
            progress(place, len(waiting))
    if failed:
        raise NotAllAsked(f"{failed} reports could not be asked for; {count} were")
    return count


def year_to_ask(on: date) -> int | None:
    """The fiscal year that is asked for on a day: that of its February, until June after it."""
    this = calendar.fiscal_year(on)
    if on >= day_of_asking(this):
        return this
    return this - 1 if on <= calendar.fiscal_year_end(this - 1) + MADE_UP_FOR else None


def _draft_letter(report: Report, *, at: datetime) -> None:
    project = report.project
    correspondence.draft(
        key=f"{letters.KIND}:{report.fiscal_year}:project:{project.id}",
        letter_kind=letters.KIND,
        about=report,
        about_number=str(project.number),
        organisation=project.lead,
        content=letters.request(report),
        fiscal_year=report.fiscal_year,
        actor=SYSTEM,
        at=at,
    )


def _form_of(project: Project, kind: str, *, at: datetime) -> ReportForm:
    query = select(ReportForm).where(
        ReportForm.programme_id == project.programme_id, ReportForm.report_kind == kind
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        held(project.programme)  # of two reports asked for first, one begins the form
        found = db.session.scalars(query).one_or_none()
    if found is None:
        template = publishing.begin_form(TITLES[kind], report_form(kind), at=at)
        db.session.flush()
        publishing.publish(template, actor=SYSTEM, at=at)
        found = ReportForm(
            programme_id=project.programme_id, report_kind=kind, template=template, created_at=at
        )
        db.session.add(found)
        db.session.flush()
    return found
