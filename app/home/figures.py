"""The office's large figures: what waits, what is checked, what is supported, what ends. Each leads to its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import calendar
from app.applications.progress import by_call_and_state, shown_states
from app.correspondence import figures as letters
from app.councils import figures as councils
from app.lifecycle.application import BEFORE_SUBMISSION, WITH_THE_OFFICE
from app.lifecycle.project import UNDER_SUPPORT
from app.projects import figures as projects
from app.projects.end_of_support import KIND
from app.web.counting import Figures, figures_of
from app.web.i18n import shown_fiscal_year_short, state_label
from app.web.tasks import Task


@dataclass(frozen=True)
class Figure:
    label: str
    value: int
    unit: str
    note: str
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a bar: what it counts, how many, and the list of exactly these (empty: nobody may list them)."""

    label: str
    value: int
    url: str = ""


@dataclass(frozen=True)
class CallBar:
    call_id: int
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class YearBar:
    label: str
    value: int
    ending: int  # of these, how many end with this fiscal year
    url: str


@dataclass(frozen=True)
class Desk:
    """All that an office's home counts."""

    figures: Sequence[Figure]
    calls: Sequence[CallBar]
    years: Sequence[YearBar]
    letters_waiting: int  # for approval, of those that end support with this fiscal year


def desk(tasks: Sequence[Task], at: datetime) -> Desk:
    """Two questions to the database, whatever there is."""
    today = calendar.day_of(at)
    rows = by_call_and_state(at)
    counted = figures_of(*projects.counts(today), *councils.counts(at), *letters.counts(KIND))
    return Desk(
        [waiting(tasks, at), _checked(rows, at), _supported(counted), _ending(counted, today)],
        [_call_bar(list(of_call)) for _id, of_call in groupby(rows, key=lambda row: row.call_id)],
        _year_bars(counted, calendar.fiscal_year(today)),
        counted[letters.WAITING][calendar.fiscal_year(today)],
    )


def waiting(tasks: Sequence[Task], at: datetime) -> Figure:
    """How much waits for this person, and how much of it too long."""
    late = sum(task.is_late(at) for task in tasks)
    note = _("%(count)s of them past their day", count=late) if late else _("none past its day")
    return Figure(
        _("What waits for you"), len(tasks), _("cases"), note, "#tasks-heading", "late" if late else ""
    )


def _checked(rows: Sequence[Any], at: datetime) -> Figure:
    count = sum(row.count for row in rows if row in WITH_THE_OFFICE)
    open_calls = sorted({(row.closes_at, row.title) for row in rows if row.closes_at and row.closes_at > at})
    note = ""
    if open_calls:
        closes_at, title = open_calls[0]
        days = calendar.days_until(closes_at)
        note = ngettext("%(call)s: closes in %(days)s day", "%(call)s: closes in %(days)s days", days, call=title, days=days) if days else _("%(call)s: closes today", call=title)  # fmt: skip
    url = url_for("applications.index", stage="office")
    return Figure(_("Applications checked or reviewed"), count, _("cases"), note, url)


def _supported(counted: Figures) -> Figure:
    not_met = counted[councils.NOT_MET][0]
    note = _("councils that have not met: %(count)s", count=not_met) if not_met else ""
    url = url_for("projects.index", state=UNDER_SUPPORT.only)
    return Figure(
        _("Projects under support"), sum(counted[projects.SUPPORTED].values()), _("cases"), note, url
    )


def _ending(counted: Figures, today: Any) -> Figure:
    year = calendar.fiscal_year(today)
    letters_waiting = counted[letters.WAITING][year]
    note = _("letters that wait for approval: %(count)s", count=letters_waiting) if letters_waiting else ""
    unit = _("cases, %(bodies)s bodies", bodies=counted[projects.ENDING_BODIES][0])
    url = url_for("projects.ending", fiscal_year=year)
    ending = sum(counted[projects.ENDING].values())
    return Figure(_("Support ends with this fiscal year"), ending, unit, note, url)


def _call_bar(rows: Sequence[Any]) -> CallBar:
    """Drafts are only counted: the office cannot list what was not submitted to it."""
    call_id = rows[0].call_id
    parts = [
        Part(
            state_label(None, state, "application"),
            count,
            "" if state in BEFORE_SUBMISSION else url_for("applications.index", call=call_id, state=state),
        )
        for state, count in shown_states(rows)
    ]
    return CallBar(call_id, rows[0].title, parts)


def _year_bars(counted: Figures, this_year: int) -> list[YearBar]:
    """The youngest first. A year of support is a fiscal year, the one of the selection being the first."""
    return [
        YearBar(
            _(
                "Year %(year)s (%(fiscal_year)s)",
                year=this_year - selected + 1,
                fiscal_year=shown_fiscal_year_short(selected),
            ),
            number,
            counted[projects.ENDING][selected],
            url_for("projects.index", selection_fy=selected, state=UNDER_SUPPORT.only),
        )
        for selected, number in sorted(counted[projects.SUPPORTED].items(), reverse=True)
    ]
