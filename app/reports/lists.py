"""The reports of all projects: what can be asked of the list, and how its columns read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.db import db
from app.lifecycle import REPORT
from app.memory import CASES, HOUSE, remembered
from app.organisations.search import BodySearch
from app.programmes.apart import in_list
from app.projects.lists import BODIES, named_bodies, shown_bodies
from app.projects.models import Project, ProjectApplicant
from app.reports.labels import KIND_LABELS, shown_kind
from app.reports.models import FINAL, Report
from app.searching import among
from app.web import shown
from app.web.filters import Late
from app.web.i18n import locale_name, shown_fiscal_year, shown_instant, standing, state_label
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach

LATE = "late"


def report_list(actor: Actor, args: MultiDict) -> Listing:
    """The newest year first; those that are late are marked so."""
    at = calendar.now()
    states = {name: state_label(None, name, "report") for name in REPORT.states}
    programmes = in_list(Project.programme_id, lambda it: it.project.programme_id, join=Report.project)
    return Listing(
        within_reach(Report, actor),
        args,
        caption=_l("Reports of the year"),
        columns=[
            Column(
                "number",
                _l("No."),
                lambda it: it.project.number,
                sort=Project.number,
                join=Report.project,
                numeric=True,
            ),
            Column(
                "project",
                _l("Project"),
                lambda it: it.project.shown_title,
                shown=lambda it: shown.own_direction(it.project.shown_title),
                to=To("reports.show", "report_id"),
                behind=lambda it: shown.sample(it.project.call),
            ),
            Column(
                "bodies",
                _l("Applicants"),
                lambda it: named_bodies(it.project),
                sort=Project.lead_code,
                join=Report.project,
                shown=lambda it: shown_bodies(it.project),
            ),
            *programmes.columns,
            Column(
                "year",
                _l("Fiscal year"),
                lambda it: shown_fiscal_year(it.fiscal_year),
                sort=Report.fiscal_year,
                shown=_year_cell,
            ),
            Column("kind", _l("Kind"), lambda it: shown_kind(it.report_kind), only_file=True),
            Column("state", _l("State"), state_label, sort=Report.state, shown=shown.state_tag, by=standing),
            Column(
                "due_at",
                _l("Due"),
                lambda it: shown_instant(it.due_at),
                sort=Report.due_at,
                typed=lambda it: it.due_at,
                shown=_due_cell(at),
                short=False,
            ),
            Column(
                "submitted_at",
                _l("Submitted"),
                lambda it: shown_instant(it.submitted_at) if it.submitted_at else "",
                sort=Report.submitted_at,
                typed=lambda it: it.submitted_at,
                shown=lambda it: shown.moment(it.submitted_at and calendar.day_of(it.submitted_at), weekday=False),
                short=False,
            ),
        ],
        filters=[
            BodySearch(
                "q",
                _l("Words in the title or technologies; a body by name, kana or code"),
                [Project.search_text],
                join=Report.project,
                of_bodies=lambda bodies: among(
                    Report.project_id,
                    select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id.in_(bodies)),
                ),
            ),
            *programmes.filters,
            Choice("year", _l("Fiscal year"), Late(years), where=lambda it: Report.fiscal_year == int(it)),
            Choice("state", _l("State"), states, Report.state),
            Choice("kind", _l("Kind"), KIND_LABELS, Report.report_kind),
            Choice(
                LATE, _l("Late"), {LATE: _l("Past its day")}, where=lambda _it: Report.late(at), join=Report.project
            ),
        ],
        default_sort="-year",
        without=[Report.sent_back_reason],
        options=(selectinload(Report.project).options(BODIES, joinedload(Project.call)),),
    )  # fmt: skip


def _year_cell(report: Report) -> Any:
    """A final report says so beneath its year."""
    year = shown_fiscal_year(report.fiscal_year)
    return shown.joined([year, shown.beneath(shown_kind(FINAL))]) if report.report_kind == FINAL else year


def years() -> dict[str, str]:
    """The fiscal years that any report was asked for, the last first."""

    def ask() -> dict[str, str]:
        found = db.session.scalars(select(Report.fiscal_year).distinct().order_by(Report.fiscal_year.desc()))
        return {str(year): shown_fiscal_year(year) for year in found}

    return remembered(("years of reports", locale_name()), ask, HOUSE, CASES)


def _due_cell(at: datetime) -> Callable[[Report], Markup]:
    late = shown.joined([" ", shown.tag(_("Late"), "error")])

    def cell(report: Report) -> Any:
        day = shown.moment(report.due_on, weekday=False)
        return shown.joined([day, late]) if report.is_late(at) else day

    return cell
