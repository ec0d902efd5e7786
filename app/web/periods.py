"""Filters of a list by day: from this one on, or up to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select

from app import calendar
from app.calendar import UnreadableDate
from app.web.i18n import sentence_of, shown_date
from app.web.lists import Note, Search


@dataclass(frozen=True)
class FromDay(Search):
    """Rows whose instant (the one column) lies on the typed day or later, by the clock of Japan."""

    kind: str = "day"

    def narrow(self, query: Select, value: str) -> Select:
        day = _day_of(value)
        return query if isinstance(day, UnreadableDate) else self._bounded(query, day)

    def notes(self, value: str) -> list[Note]:
        day = _day_of(value)
        if not isinstance(day, UnreadableDate):
            return []
        return [Note("warning", sentence_of(day), _("This filter is not applied: its date cannot be read"))]

    def shown(self, value: str) -> str:
        day = _day_of(value)
        return value if isinstance(day, UnreadableDate) else shown_date(day)

    def _bounded(self, query: Select, day: date) -> Select:
        return query.where(self.columns[0] >= _beginning(day))


@dataclass(frozen=True)
class ToDay(FromDay):
    """Rows whose instant lies on the typed day or earlier."""

    def _bounded(self, query: Select, day: date) -> Select:
        return query.where(self.columns[0] < _beginning(day) + timedelta(days=1))


def _day_of(value: str) -> date | UnreadableDate:
    try:
        return calendar.parse_date(value)
    except UnreadableDate as problem:
        return problem


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), calendar.JST)
