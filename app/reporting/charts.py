"""What the register draws: a map by lead body, a chart of technologies, and the periods of support of each round.

Each is counted by the database in one statement, however many projects there are, and for the whole list as of a
day: of the list's filters only the programme changes the pictures. Rounds made up for a demo are left out, as in the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select

from app import calendar
from app.db import db
from app.lifecycle.call import ANNOUNCED
from app.lifecycle.project import ENDED, UNDER_SUPPORT
from app.organisations.codes import PREFECTURES
from app.organisations.models import Organisation
from app.programmes.models import Call, Programme
from app.programmes.technologies import TECHNOLOGIES
from app.projects.lists import uses_technology
from app.projects.models import Project, ProjectApplicant
from app.reporting.statistics import Figures, Round, started_by
from app.reporting.tiles import CELLS, short_name

SHADES = 4  # of a tile, beside white


@dataclass(frozen=True)
class Tile:
    number: str  # 01 to 47
    name: str
    short: str
    column: int
    row: int
    count: int
    shade: int  # 0 none, to SHADES


@dataclass(frozen=True)
class Bar:
    """One line of the chart of periods, in days from the chart's first day."""

    round: Round
    start: int
    end: int
    longest: int  # the end if an extension is certified; the same as `end` where there is none
    standing: str  # supported | ending | ended: of the period on the chart's day


@dataclass(frozen=True)
class Periods:
    """The rounds' periods of support over the fiscal years from the first to the last."""

    bars: list[Bar]
    years: list[tuple[int, int]]  # fiscal year, its first day as days from the chart's first
    days: int
    on: int | None  # the day of the register, where it lies within


def tiles(on: date, programme: Programme | None = None) -> list[Tile]:
    """The 47 prefectures with how many projects' lead bodies lie in each, in the order of their numbers."""
    query = (
        _counted(on, programme, select(Organisation.prefecture, func.count()))
        .join(Project.applicants)
        .join(ProjectApplicant.organisation)
        .where(ProjectApplicant.position == 0)
        .group_by(Organisation.prefecture)
    )
    counts = {row[0]: row[1] for row in db.session.execute(query)}
    return tiles_of({number: counts.get(name, 0) for number, name in PREFECTURES.items()})


def tiles_of(counts: Mapping[str, int]) -> list[Tile]:
    """The same for any count by prefecture (its number → how many)."""
    most = max([SHADES, *counts.values()])
    found = []
    for number, name in PREFECTURES.items():
        column, row = CELLS[number]
        count = counts.get(number, 0)
        found.append(Tile(number, name, short_name(number), column, row, count, -(-SHADES * count // most)))
    return found


def technologies(on: date, programme: Programme | None = None) -> list[tuple[str, int]]:
    """(technology, projects that use it), the most used first; as the list's filter finds them."""
    sums = [func.sum(case((uses_technology(name), 1), else_=0)) for name in TECHNOLOGIES]
    counts = db.session.execute(_counted(on, programme, select(*sums).select_from(Project))).one()
    found = [(name, count) for name, count in zip(TECHNOLOGIES, counts, strict=True) if count]
    return sorted(found, key=lambda each: -each[1])


def periods(found: Figures) -> Periods | None:
    """The chart of periods for the rounds that are counted; None without any."""
    rounds = found.counted
    if not rounds:
        return None
    first = calendar.fiscal_year_start(min(it.call.selection_fy for it in rounds))
    last_year = calendar.fiscal_year(max(it.call.maximum_end for it in rounds))
    after = calendar.fiscal_year_end(last_year) + timedelta(days=1)
    years = range(calendar.fiscal_year(first), last_year + 1)
    return Periods(
        bars=_bars(rounds, first, found.on),
        years=[(year, (calendar.fiscal_year_start(year) - first).days) for year in years],
        days=(after - first).days,
        on=(found.on - first).days if first <= found.on < after else None,
    )


def _bars(rounds: Sequence[Round], first: date, on: date) -> list[Bar]:
    return [
        Bar(
            round=it,
            start=(calendar.fiscal_year_start(it.call.selection_fy) - first).days,
            end=(it.ends_on - first).days + 1,
            longest=(_longest(it, on) - first).days + 1,
            standing=_standing(it.ends_on, on),
        )
        for it in rounds
    ]


def _longest(round_: Round, on: date) -> date:
    """Until when support may last; once it has ended nothing is added any more."""
    return max(round_.call.maximum_end, round_.ends_on) if on <= round_.ends_on else round_.ends_on


def _standing(ends_on: date, on: date) -> str:
    if on > ends_on:
        return ENDED.only
    return "ending" if calendar.fiscal_year(on) == calendar.fiscal_year(ends_on) else UNDER_SUPPORT.only


def _counted(on: date, programme: Programme | None, query: Any) -> Any:
    """The listed projects that the figures of `on` count."""
    if programme is not None:
        query = query.where(Project.programme_id == programme.id)
    return query.join(Project.call).where(ANNOUNCED.of(Call), Call.is_sample.is_(False), started_by(on))
