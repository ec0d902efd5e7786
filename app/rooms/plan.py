"""The plan of a room as a drawing: a line of years, a bar for what lasts, a mark for a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import calendar

ROW, HEAD, WIDTH = 34, 28, 760  # of the drawing, in its own units: it stands beside the history


@dataclass(frozen=True)
class Step:
    """A row of the plan. Without a beginning it is a milestone, on its day."""

    what: str
    initiative: str
    begins: date | None
    until: date
    done: date | None

    def status(self, today: date) -> str:
        """done | late | running | ahead"""
        if self.done:
            return "done"
        if self.until < today:
            return "late"
        return "running" if self.begins and self.begins <= today else "ahead"


@dataclass(frozen=True)
class Drawn:
    """A step in the drawing: `x` from the left, `width` of its bar (0: a mark), `y` of its row."""

    step: Step
    x: float
    width: float
    y: int
    status: str


@dataclass(frozen=True)
class Timeline:
    years: list[tuple[int, float]]  # fiscal year → where it begins
    rows: list[Drawn]
    today: float | None  # where today is, within the drawing
    width: int
    height: int


def steps_of(rows: Iterable[Mapping[str, Any]]) -> list[Step]:
    """The rows of the table that the room's form asks, in the order of their days; a row without a day cannot be drawn."""
    found = [
        Step(
            str(row.get("what") or ""),
            str(row.get("initiative") or ""),
            _day(row.get("from")),
            until,
            _day(row.get("done")),
        )
        for row in rows
        if (until := _day(row.get("until")))
    ]
    return sorted(found, key=lambda it: (it.begins or it.until, it.until))


def timeline_of(steps: list[Step], first_fy: int, last_fy: int, today: date) -> Timeline | None:
    """The drawing of all fiscal years of support, longer where the plan begins before or goes on after. None without steps."""
    if not steps:
        return None
    days = [day for it in steps for day in (it.begins, it.until, it.done) if day]
    first = min(first_fy, *map(calendar.fiscal_year, days))
    last = max(last_fy, *map(calendar.fiscal_year, days))
    begins, ends = calendar.fiscal_year_start(first), calendar.fiscal_year_end(last)
    length = (ends - begins).days + 1

    def at(day: date, after: int = 0) -> float:
        return round(((day - begins).days + after) / length * WIDTH, 1)

    rows = [
        Drawn(
            it,
            at(it.begins or it.until),
            round(max(at(it.until, 1) - at(it.begins), 4), 1) if it.begins else 0,
            HEAD + place * ROW,
            it.status(today),
        )
        for place, it in enumerate(steps)
    ]
    return Timeline(
        [(fy, at(calendar.fiscal_year_start(fy))) for fy in range(first, last + 1)],
        rows,
        at(today) if begins <= today <= ends else None,
        WIDTH,
        HEAD + len(rows) * ROW + 8,
    )


def _day(entered: Any) -> date | None:
    return date.fromisoformat(entered) if entered else None
