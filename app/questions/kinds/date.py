"""A day, typed as people write it: 2023-03-31, R5.3.31, 令和5年3月31日."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app import calendar
from app.lifecycle import N_
from app.questions.kind import Grid, Kind, Unreadable
from app.questions.limits import DAY, Limit
from app.web.forms import DateField
from app.web.i18n import shown_date

SERIAL_START = date(1899, 12, 30)  # day 0 of a spreadsheet; right from 1 March 1900 on


class Date(Kind):
    name = "date"
    label = N_("Date")
    in_tables = True

    def fields(self) -> dict[str, Any]:
        return {self.question.name: DateField(**self.as_asked)}

    def entries(self, value: Any) -> dict[str, Any]:
        return {self.question.name: date.fromisoformat(value) if value else None}

    def parse(self, entered: Any) -> str:
        found = day_of(entered)
        return found.isoformat() if found else ""

    def length(self, value: Any) -> int:
        return 0

    def freeze(self, value: Any) -> Any:
        return value or None

    def shown(self, frozen: Any) -> str:
        return shown_date(date.fromisoformat(frozen)) if frozen else ""

    def cells(self, value: Any) -> Grid:
        return [[date.fromisoformat(value) if value else None]]

    def limit(self, place: int) -> Limit | None:
        return Limit(DAY)

    def data(self, frozen: Any) -> list[Any]:
        return [date.fromisoformat(frozen) if frozen else None]


def day_of(entered: Any) -> date | None:
    """A day that was typed, or stands in a cell as a day, a day with a time, a serial number or a text."""
    if entered is None or (isinstance(entered, str) and not entered.strip(" \t\r\n　")):
        return None
    if isinstance(entered, datetime):
        entered = entered.date()
    if isinstance(entered, int | float) and not isinstance(entered, bool):
        return _of_serial(entered)
    if isinstance(entered, date):
        if not calendar.FIRST_DAY <= entered <= calendar.LAST_DAY:
            raise Unreadable(_NO_DAY)
        return entered
    if not isinstance(entered, str):
        raise Unreadable(_NO_DAY)
    try:
        return calendar.parse_date(entered)
    except calendar.UnreadableDate as problem:
        raise Unreadable.of(problem) from problem


_NO_DAY = N_("This is not a date: write it as 2023-03-31, R5.3.31 or 令和5年3月31日.")


def _of_serial(number: float) -> date:
    """45016 is 31 March 2023. Eight digits (20230331) are a day too; other numbers are none."""
    if number != number or number in (float("inf"), float("-inf")) or number != int(number):
        raise Unreadable(_NO_DAY)
    if 19_000_000 < number < 22_000_000:
        return day_of(str(int(number)))  # type: ignore[return-value]
    if not 9_863 <= number <= 109_574:  # from 1927 to 2199
        raise Unreadable(_NO_DAY)
    return SERIAL_START + timedelta(days=int(number))
