"""The programme's published record, from `data/*.csv`: what became known, and on which day. Reads, never writes.

Nothing of it lies in the database before its day. A day of the record that has no hour is taken from its beginning;
a closing day that has no hour, to its end.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from app import calendar

DATA = Path(__file__).parent / "data"
LISTED_AS_OF = date(2022, 12, 1)  # the month of the list in projects.csv (S4)
BEGAN = date(2018, 4, 1)  # the programme's first fiscal year
OPENED, ANNOUNCED, UNLISTED_ENDED = "opened", "announced", "unlisted_ended"
MEASURED, MEASURED_BY = "measured", "R4"  # by the projects of which round
MEASURED_YEARS = (2023, 2024)  # fiscal years of which kpis.csv has actuals


@dataclass(frozen=True)
class Listed:
    """A project as the programme's list has it; the first of `codes` leads."""

    number: int
    codes: tuple[str, ...]
    title: str | None
    technologies: tuple[str, ...]
    technologies_etc: bool
    technologies_raw: str
    road_linked: bool


@dataclass(frozen=True)
class Round:
    """One call of the record. What the sources do not tell is None, or empty."""

    code: str
    selection_fy: int
    announced_count: int | None
    opens: str
    closes: str
    announced_on: date | None
    note: str  # known from the beginning
    announced_note: str  # known from the announcement on
    unlisted_ended_on: date | None  # when support of those that no source names had ended
    unlisted_note: str

    @property
    def title(self) -> str:
        name = self.former_name or "未来技術社会実装事業"
        return f"{calendar.era_fiscal_year(self.selection_fy)} {name}の募集"

    @property
    def former_name(self) -> str | None:
        """The programme's name in its first two years."""
        return "近未来技術等社会実装事業" if self.selection_fy < 2020 else None

    @property
    def base_years(self) -> int:
        return 3 if self.extension_years else 5

    @property
    def extension_years(self) -> int:
        """S4: five years at most; from the call of FY2025 on three, and two more on application."""
        return 2 if self.selection_fy >= 2025 else 0

    @property
    def opens_at(self) -> datetime | None:
        return instant(self.opens)

    @property
    def closes_at(self) -> datetime | None:
        day_alone = len(self.closes) == len("2022-05-16")
        moment = instant(self.closes)
        return moment + timedelta(days=1) if moment and day_alone else moment

    @property
    def window(self) -> tuple[datetime | None, datetime | None]:
        """Opening and closing as far as the sources tell the hour at which it closed."""
        return (self.opens_at, self.closes_at) if "T" in self.closes else (None, None)

    @property
    def became_known(self) -> date:
        """The day of its announcement; where the sources do not tell it, its fiscal year's first."""
        return self.announced_on or calendar.fiscal_year_start(self.selection_fy)


@dataclass(frozen=True, order=True)
class Occasion:
    """A day on which the record tells something new."""

    day: date
    what: str
    code: str

    @property
    def at(self) -> datetime:
        return midnight(self.day)

    @property
    def round(self) -> Round:
        return rounds()[self.code]


@cache
def rounds() -> dict[str, Round]:
    return {row["code"]: _round(row) for row in _rows("rounds.csv")}


@cache
def occasions() -> tuple[Occasion, ...]:
    """All that the record tells, in the order of its days."""
    found = []
    for code, it in rounds().items():
        if it.opens_at:
            found.append(Occasion(it.opens_at.date(), OPENED, code))
        found.append(Occasion(it.became_known, ANNOUNCED, code))
        if it.unlisted_ended_on:
            found.append(Occasion(it.unlisted_ended_on + timedelta(days=1), UNLISTED_ENDED, code))
    # What was measured in a fiscal year is known once it is over.
    over = (calendar.fiscal_year_start(year + 1) for year in MEASURED_YEARS)
    found.extend(Occasion(day, MEASURED, MEASURED_BY) for day in over)
    return tuple(sorted(found))


@cache
def indicators() -> tuple[dict[str, str], ...]:
    """The indicators that a city has published, each value as it is printed."""
    return tuple(_rows("kpis.csv"))


@cache
def evaluations() -> tuple[dict[str, str], ...]:
    """How a city's meeting has graded its initiatives, and what it said of each, as it is published (S3)."""
    return tuple(_rows("evaluations.csv"))


@cache
def listed() -> dict[int, tuple[Listed, ...]]:
    """The projects that the programme's list names, by fiscal year of selection."""
    found: dict[int, list[Listed]] = {}
    for row in _rows("projects.csv"):
        project = Listed(
            number=int(row["no"]),
            codes=tuple(row["applicant_codes"].split(";")),
            title=row["project_title"] or None,
            technologies=tuple(row["technologies"].split(";")),
            technologies_etc=row["technologies_etc"] == "1",
            technologies_raw=row["technologies_raw"],
            road_linked=row["road_linked"] == "1",
        )
        found.setdefault(int(row["selection_fy"]), []).append(project)
    return {year: tuple(projects) for year, projects in found.items()}


def last_number() -> int:
    """The highest number of the programme's list."""
    return max(project.number for projects in listed().values() for project in projects)


def midnight(day: date) -> datetime:
    """The beginning of a day in Japan."""
    return datetime.combine(day, time(), calendar.JST)


def instant(text: str) -> datetime | None:
    """An instant of the record; a day without a time of day is its beginning, in Japan."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=calendar.JST)


def _round(row: dict[str, str]) -> Round:
    return Round(
        code=row["code"],
        selection_fy=int(row["selection_fy"]),
        announced_count=int(row["announced_count"]) if row["announced_count"] else None,
        opens=row["opens"],
        closes=row["closes"],
        announced_on=_day(row["announced_on"]),
        note=row["note"],
        announced_note=row["announced_note"],
        unlisted_ended_on=_day(row["unlisted_ended_on"]),
        unlisted_note=row["unlisted_note"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
