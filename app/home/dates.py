"""The month before us: which days are marked, and the next dates in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from app import calendar
from app.actors import Actor
from app.schedule.rules import milestones
from app.web.i18n import shown_minute
from app.web.month import Month, month_of
from app.web.tasks import Task

SHOWN = 6
AHEAD = 180  # days


@dataclass(frozen=True)
class DateAhead:
    day: date
    label: str
    url: str = ""
    tag: str = ""  # what still has to be done before it


@dataclass(frozen=True)
class Dates:
    month: Month
    ahead: Sequence[DateAhead]


def dates(
    actor: Actor,
    calls: Sequence[tuple[int, str, datetime]],
    tasks: Sequence[Task],
    at: datetime,
    to_do: Mapping[date, str],
) -> Dates:
    """The closings of `calls` (id, title, instant), the programme's own days, and the days that tasks are due.

    `to_do` is what still has to be done before a day of the programme.
    The list leaves out the tasks of those to whom the programme's days are told: they are on the same page.
    """
    today = calendar.day_of(at)
    fixed = [*_closings(calls), *(_milestones(today, to_do) if actor.may("schedule.view") else [])]
    due = [DateAhead(calendar.day_of(task.due), task.title, task.url) for task in tasks if task.due]
    marks: dict[date, list[str]] = defaultdict(list)
    for entry in (*fixed, *due):
        marks[entry.day].append(entry.label)
    listed = fixed if actor.may("schedule.view") else [*fixed, *due]
    ahead = [entry for entry in listed if 0 <= calendar.days_until(entry.day, today) <= AHEAD]
    ahead.sort(key=lambda entry: entry.day)
    return Dates(month_of(today, marks), ahead[:SHOWN])


def _closings(calls: Sequence[tuple[int, str, datetime]]) -> list[DateAhead]:
    return [
        DateAhead(
            calendar.day_of(closes_at),
            _("%(call)s closes at %(time)s", call=title, time=shown_minute(closes_at)),
            url_for("programmes.show", call_id=call_id),
        )
        for call_id, title, closes_at in calls
    ]


def _milestones(today: date, to_do: Mapping[date, str]) -> list[DateAhead]:
    """Of this fiscal year and of the one before it, whose last step falls on 1 April."""
    year = calendar.fiscal_year(today)
    return [
        DateAhead(step.day, _(step.label), url_for("schedule.index"), to_do.get(step.day, ""))
        for fiscal_year in (year - 1, year)
        for step in milestones(fiscal_year)
    ]
