"""The office's large figures: what waits, what is checked, what is supported, what ends. Each leads to its list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import calendar
from app.applications.progress import by_call_and_state, shown_states
from app.lifecycle.application import BEFORE_SUBMISSION
from app.lifecycle.project import UNDER_SUPPORT
from app.projects import figures as projects
from app.web.counting import Figure, Figures, figures_of
from app.web.i18n import shown_fiscal_year_short, state_label
from app.web.manifest import brought, manifests
from app.web.tasks import Task


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
    counted = figures_of(*(count for each in manifests() if each.counts for count in each.counts(at)))
    rows = by_call_and_state(at)
    return Desk(
        [waiting(tasks, at), *_figures(counted, at)],
        [_call_bar(list(of_call)) for _id, of_call in groupby(rows, key=lambda row: row.call_id)],
        _year_bars(counted, calendar.fiscal_year(at)),
        projects.letters_waiting(counted, at),
    )


def waiting(tasks: Sequence[Task], at: datetime) -> Figure:
    """How much waits for this person, and how much of it too long."""
    late = sum(task.is_late(at) for task in tasks)
    note = _("%(count)s of them past their day", count=late) if late else _("none past its day")
    return Figure(
        _("What waits for you"), len(tasks), _("cases"), note, "#tasks-heading", "late" if late else ""
    )


def _figures(counted: Figures, at: datetime) -> Iterator[Figure]:
    """Of every context, each with what another one has to say beside it."""
    remarks = brought("remarks")
    for each in manifests():
        for figure in each.figures(counted, at) if each.figures else ():
            remark = remarks[figure.name](counted) if figure.name in remarks else ""
            yield replace(figure, note=figure.note or remark)


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
