"""How many of the year's reports are in, out of all that were asked for; and what the history speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func

from app import calendar
from app.actors import Actor
from app.lifecycle.report import TO_HAND_IN
from app.organisations.models import Organisation
from app.permissions import reach_of
from app.projects.cases import with_lead
from app.projects.models import Project
from app.reports.models import Report
from app.web.changes import Spoken, spoken_of
from app.web.counting import Figure, Figures, counted

ALL, OWED, LATE = "reports asked for", "reports owed", "reports late"


def counts(at: datetime) -> list[Select]:
    """Of each fiscal year that was asked for, and those that are late."""
    every = counted(ALL, func.count(Report.id), Report.fiscal_year).group_by(Report.fiscal_year)
    owed = counted(OWED, func.count(Report.id), Report.fiscal_year).where(TO_HAND_IN.of(Report))
    late = counted(LATE, func.count(Report.id)).join(Report.project).where(Report.late(at))
    return [every, owed.group_by(Report.fiscal_year), late]


def figures(found: Figures, at: datetime) -> Iterator[Figure]:
    """Of the last year that was asked for; nothing before any was, and nothing of a year that is long over and complete."""
    asked = {year: count for year, count in found[ALL].items() if count}
    if not asked:
        return
    year, late = max(asked), found[LATE][0]
    if year < calendar.fiscal_year(at) - 1 and not late:
        return
    note = _("%(count)s of them past their day", count=late) if late else _("none past its day")
    unit = _("of %(count)s asked for", count=asked[year])
    url = url_for("reports.index", year=year)
    yield Figure(
        _("Reports handed in"), asked[year] - found[OWED][year], unit, note, url, "late" if late else ""
    )


def changes(actor: Actor) -> Iterator[Spoken]:
    """Reports within this person's reach, by the lead of their project."""
    if actor.may("report.view"):
        of_reports = with_lead(actor).join(Report, Report.project_id == Project.id)
        seen = reach_of(Report.kind, actor).finds(Report, actor)
        yield spoken_of(of_reports.where(seen), Report, Report, name=Organisation.full_name)
