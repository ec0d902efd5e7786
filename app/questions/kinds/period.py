"""From one day to another, both included; either may be left open unless the answer is required."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.lifecycle import N_
from app.questions.kind import Grid, Kind, Problem, Unreadable
from app.questions.kinds.date import day_of
from app.questions.limits import DAY, Limit
from app.web.forms import DateField, Required
from app.web.i18n import shown_date

LONGEST_TYPED = 200  # characters
_BETWEEN = re.compile(r"\s*(?:から|[~〜～]|\s-\s)\s*")


class Period(Kind):
    name = "period"
    label = N_("Period")
    partial = "period"

    @property
    def names(self) -> tuple[str, ...]:
        return f"{self.question.name}_from", f"{self.question.name}_until"

    def fields(self) -> dict[str, Any]:
        required = [Required()] if self.question.required else []
        first, last = self.names
        return {first: DateField(_l("From"), required), last: DateField(_l("Until"), required)}

    def entries(self, value: Any) -> dict[str, Any]:
        days = [date.fromisoformat(day) if day else None for day in _pair(value)]
        return dict(zip(self.names, days, strict=True))

    def gather(self, entries: dict[str, Any], now: Any) -> Any:
        return {"from": entries.get(self.names[0]), "until": entries.get(self.names[1])}

    def parse(self, entered: Any) -> Any:
        """Two days, as a pair, as {"from", "until"}, or as a text such as R5.4.1～R6.3.31."""
        days = [day_of(it) for it in _parts(entered)]
        if days == [None, None]:
            return ""
        if None not in days and days[0] > days[1]:  # type: ignore[operator]
            raise Unreadable(N_("The period ends before it begins."), entry=self.names[1])
        return {
            name: day.isoformat() if day else "" for name, day in zip(("from", "until"), days, strict=True)
        }

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        for name, day in zip(self.names, _pair(value), strict=True):
            if not day and self.question.required:
                yield self.problem(section, "", N_("Say when “%(question)s” begins and ends."), anchor=name)

    def freeze(self, value: Any) -> Any:
        return value or None

    def shown(self, frozen: Any) -> str:
        if not frozen:
            return ""
        first, last = (shown_date(date.fromisoformat(day)) if day else "" for day in _pair(frozen))
        return _("%(first)s to %(last)s", first=first, last=last)

    @property
    def heads(self) -> list[str]:
        return [_("From"), _("Until")]

    def cells(self, value: Any) -> Grid:
        return [[date.fromisoformat(day) if day else None for day in _pair(value)]]

    def read(self, cells: Grid) -> Any:
        row = [*cells[0], None, None] if cells else [None, None]
        return self.parse({"from": row[0], "until": row[1]})

    def limit(self, place: int) -> Limit | None:
        return Limit(DAY)

    def columns(self) -> list[str]:
        return [_("From"), _("Until")]

    def data(self, frozen: Any) -> list[Any]:
        return [date.fromisoformat(day) if day else None for day in _pair(frozen)]


def _pair(value: Any) -> tuple[str, str]:
    return (value.get("from", ""), value.get("until", "")) if value else ("", "")


def _parts(entered: Any) -> list[Any]:
    if entered is None or entered == "":
        return [None, None]
    if isinstance(entered, Mapping):
        return [entered.get("from"), entered.get("until")]
    if isinstance(entered, list | tuple) and len(entered) == 2:
        return list(entered)
    if isinstance(entered, str):
        if not entered.strip(" \t\r\n　"):
            return [None, None]
        if len(entered) <= LONGEST_TYPED:
            parts = _BETWEEN.split(entered.removesuffix("まで"), maxsplit=1)
            if len(parts) == 2:
                return parts
    raise Unreadable(N_("This is not a period: write two dates with ～ between them."))
