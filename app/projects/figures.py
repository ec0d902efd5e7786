"""How many projects there are in each year of support, and how many of them end with this fiscal year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, and_, func

from app import calendar
from app.correspondence import figures as letters
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.models import Call
from app.projects.end_of_support import KIND
from app.projects.models import Project, ProjectApplicant
from app.web.counting import Chart, Figure, Figures, SplitBar, counted
from app.web.i18n import shown_fiscal_year_short

SUPPORTED, ENDING, ENDING_BODIES = "projects supported", "projects ending", "bodies of projects ending"


def counts(at: datetime) -> list[Select]:
    """Projects under support by fiscal year of selection; of these the ones in their last year, their bodies, and the
    letters about their end that wait.
    """
    projects = counted(SUPPORTED, func.count(Project.id), Call.selection_fy).join(Project.call)
    projects = projects.where(UNDER_SUPPORT.of(Project)).group_by(Call.selection_fy)
    ends_now: Any = Project.last_fy == calendar.fiscal_year(at)
    in_last_year = and_(ends_now, Project.end_is_known())
    ending = counted(ENDING, func.count(Project.id), Call.selection_fy).join(Project.call)
    ending = ending.where(UNDER_SUPPORT.of(Project), in_last_year).group_by(Call.selection_fy)
    bodies = counted(ENDING_BODIES, func.count(ProjectApplicant.organisation_id.distinct()))
    bodies = bodies.join(ProjectApplicant.project).join(Project.call)
    bodies = bodies.where(UNDER_SUPPORT.of(Project), in_last_year)
    return [projects, ending, bodies, letters.waiting(KIND)]


def figures(found: Figures, at: datetime) -> Iterator[Figure]:
    """What is supported, and what of it ends with this fiscal year."""
    supported, ending = sum(found[SUPPORTED].values()), sum(found[ENDING].values())
    url = url_for("projects.index", state=UNDER_SUPPORT.only)
    yield Figure(_("Projects under support"), supported, _("cases"), "", url, name=SUPPORTED)
    year = calendar.fiscal_year(at)
    waiting = letters_waiting(found, at)
    note = _("letters that wait for approval: %(count)s", count=waiting) if waiting else ""
    unit = _("cases, %(bodies)s bodies", bodies=found[ENDING_BODIES][0])
    url = url_for("projects.ending", fiscal_year=year)
    yield Figure(_("Support ends with this fiscal year"), ending, unit, note, url)


def charts(found: Figures, at: datetime) -> Iterator[Chart]:
    """A bar for each year of support."""
    bars = _year_bars(found, calendar.fiscal_year(at))
    yield Chart("years", _("Projects by year of support"), "projects/_by_year.html", bars)


def ahead(found: Figures, at: datetime) -> dict[date, str]:
    """Letters that end support with this fiscal year have to be approved before the day they leave."""
    leave_on = calendar.support_end_notice_day(calendar.fiscal_year(at))
    return {leave_on: _("Awaiting approval")} if letters_waiting(found, at) else {}


def _year_bars(found: Figures, this_year: int) -> list[SplitBar]:
    """The youngest first. A year of support is a fiscal year, the one of the selection being the first."""
    return [
        SplitBar(
            _(
                "Year %(year)s (%(fiscal_year)s)",
                year=this_year - selected + 1,
                fiscal_year=shown_fiscal_year_short(selected),
            ),
            number,
            found[ENDING][selected],
            url_for("projects.index", selection_fy=selected, state=UNDER_SUPPORT.only),
        )
        for selected, number in sorted(found[SUPPORTED].items(), reverse=True)
    ]


def letters_waiting(found: Figures, at: datetime) -> int:
    """For approval, of those that end support with this fiscal year."""
    return found[letters.WAITING][calendar.fiscal_year(at)]
