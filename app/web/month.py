"""A month as people hang it on the wall: weeks from Sunday, closed days, and what is marked on its days."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app import calendar

FROM_SUNDAY = Calendar(firstweekday=6)


@dataclass(frozen=True)
class Day:
    day: date
    in_month: bool
    closed: bool  # the government does not work
    marks: Sequence[str]  # what falls on it, in words


@dataclass(frozen=True)
class Month:
    first: date
    today: date
    weeks: Sequence[Sequence[Day]]


def month_of(today: date, marks: Mapping[date, Sequence[str]]) -> Month:
    """The month of `today` with what `marks` tells of its days."""
    weeks = [
        [
            Day(day, day.month == today.month, calendar.is_government_holiday(day), tuple(marks.get(day, ())))
            for day in week
        ]
        for week in FROM_SUNDAY.monthdatescalendar(today.year, today.month)
    ]
    return Month(today.replace(day=1), today, weeks)
