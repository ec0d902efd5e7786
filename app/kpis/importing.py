"""What a table would change, judged before anything is stored; then all of it is stored, or nothing.

An empty cell changes nothing: what is kept is never wiped by a file. The unit of an indicator that there is already is not
changed by a file either, since all its values count in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app import calendar
from app.actors import Actor
from app.kpis import operations
from app.kpis.headings import BASELINE, CATEGORY, DIRECTION, INITIATIVE, NAME, NOTE, TARGET, UNIT
from app.kpis.measures import Measure, differs_in_unit, measured, plain_unit, unit_of
from app.kpis.models import DOWN, UP, Kpi
from app.kpis.operations import Entered
from app.kpis.tables import Refusal, Row, Said, Table, direction_of
from app.kpis.words import AT_LEAST, AT_MOST, NONE_YET, OVER, UNDER
from app.lifecycle import N_
from app.organisations.operations import Refused
from app.projects.models import Project

TWICE = N_("This indicator stands in the file twice: %(other)s.")
SEVERAL = N_(
    "Several indicators of the project are called so: add the columns 区分 and 事業名 that tell them apart."
)
OTHER_UNIT = N_(
    "The file says the unit %(entry)s, and the indicator has %(stored)s: correct the file, or change the unit on its page."
)
TOLD_APART = (INITIATIVE, CATEGORY)
FIELDS = {BASELINE: "baseline", TARGET: "target"}


@dataclass(frozen=True)
class Change:
    """One thing that is kept otherwise than the file has it; `year` is that of an actual."""

    what: str
    was: str
    becomes: str
    cell: str
    year: int | None = None


@dataclass
class Planned:
    """What becomes of one row: a new indicator (`kpi` is None), or changes of one that there is."""

    row: Row
    project: Project
    kpi: Kpi | None
    entered: Entered
    actuals: list[tuple[int, Measure, str]]  # fiscal year, what was measured, cell
    changes: list[Change] = field(default_factory=list)

    @property
    def unit(self) -> str:
        stored = self.kpi.unit if self.kpi else ""
        return (
            stored or self.entered.unit or unit_of(self.entered.target, self.entered.baseline, self._measures)
        )

    @property
    def _measures(self) -> Iterator[Measure]:
        return (measure for _year, measure, _cell in self.actuals)

    @property
    def values(self) -> Iterator[tuple[str, Measure]]:
        """Each value that the file gives, with its cell."""
        for role in FIELDS:
            if entry := self.row.texts.get(role):
                yield entry.cell, getattr(self.entered, FIELDS[role])
        for _year, measure, cell in self.actuals:
            yield cell, measure


@dataclass
class Plan:
    rows: list[Planned] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def projects(self) -> set[Project]:
        return {it.project for it in self.rows}

    @property
    def changing(self) -> list[Planned]:
        return [it for it in self.rows if it.kpi is None or it.changes]

    @property
    def new(self) -> list[Planned]:
        return [it for it in self.rows if it.kpi is None]

    @property
    def undirected(self) -> bool:
        return any(it.entered.direction is None for it in self.new)

    @property
    def unread(self) -> list[tuple[str, Measure]]:
        """Values that are kept as texts alone: no number is certain."""
        return [
            (cell, it) for row in self.changing for cell, it in row.values if it.raw and not it.has_figure
        ]

    @property
    def of_other_units(self) -> list[tuple[str, Measure, str]]:
        return [
            (cell, it, row.unit)
            for row in self.changing
            for cell, it in row.values
            if differs_in_unit(it, row.unit)
        ]

    @property
    def mark(self) -> str:
        """Of what would be changed, so that nothing else is stored than what was looked at."""
        facts = [
            [
                it.project.id,
                it.kpi and it.kpi.id,
                it.kpi and it.kpi.version_id,
                it.row.cell,
                [vars(each) for each in it.changes],
            ]
            for it in self.changing
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


Found = Callable[[Row], Project]
"""The project of a row. Raises Refused where it is none that this person may write to."""


def planned(
    table: Table, project_of: Found, kpis_of: Callable[[Project], list[Kpi]], *, actor: Actor, at: datetime
) -> Plan:
    """What the table would change now."""
    plan = Plan(refused=list(table.refused))
    seen: dict[tuple[Any, ...], Row] = {}
    count: dict[int, int] = {}  # project → its indicators, the new ones too
    for row in table.rows:
        try:
            project = project_of(row)
            if why := operations.why_closed(project, actor):
                raise Refused(why)
            kpi = _kept(row, kpis_of(project))
            entered = _entered(row, kpi)
            key = (
                project.id,
                kpi.id if kpi else entered.key,
            )
            if key in seen:
                raise Refused(TWICE, other=seen[key].cell)
            seen[key] = row
            if kpi is None:
                count[project.id] = count.get(project.id, len(kpis_of(project))) + 1
                if count[project.id] > operations.MOST:
                    raise Refused(operations.FULL, most=operations.MOST)
        except Refused as problem:
            plan.refused.append(Refusal(row.cell, row.text(NAME), problem.msgid, dict(problem.values)))
            continue
        made = Planned(row, project, kpi, entered, list(_actuals(row, project, plan, at)))
        made.changes = list(_changes(made))
        plan.rows.append(made)
    return plan


def store(plan: Plan, *, direction: str | None, filename: str, actor: Actor, at: datetime) -> int:
    """All of it; how many indicators were entered or changed. Raises ValueError where anything is refused."""
    if plan.refused:
        raise ValueError("a table is stored as a whole or not at all")
    for it in plan.changing:
        kpi = it.kpi
        if kpi is None:
            entered = replace(it.entered, direction=it.entered.direction or direction)
            measures = [measure for _year, measure, _cell in it.actuals]
            kpi = operations.add(it.project, entered, actuals=measures, actor=actor, at=at, file=filename)
        else:
            operations.change(kpi, it.entered, actor=actor, at=at, file=filename)
        for year, measure, _cell in it.actuals:
            before = kpi.actual_of(year)
            if before is None or before.raw != measure.raw:
                note = before.note if before else ""
                operations.enter_actual(kpi, year, measure, note=note, actor=actor, at=at, file=filename)
    return len(plan.changing)


def _kept(row: Row, kpis: list[Kpi]) -> Kpi | None:
    """The indicator that the row is about; None for a new one. Raises Refused where several are called so."""
    followed = [kpi for kpi in kpis if kpi.retired_on is None]
    key = Kpi.key_of(*(row.text(role) for role in (INITIATIVE, CATEGORY, NAME)))
    exact = [kpi for kpi in followed if kpi.key == key]
    missing = [role for role in TOLD_APART if role not in row.texts]
    if exact or not missing:
        return exact[0] if exact else None
    alike = [kpi for kpi in followed if _key_without(kpi, missing) == key]
    if len(alike) > 1:
        raise Refused(SEVERAL)
    return alike[0] if alike else None


def _key_without(kpi: Kpi, missing: list[str]) -> str:
    return Kpi.key_of(
        "" if INITIATIVE in missing else kpi.initiative, "" if CATEGORY in missing else kpi.category, kpi.name
    )


def _entered(row: Row, kpi: Kpi | None) -> Entered:
    """What the row says, and for the rest what is kept. Raises Refused for a unit that is another than is kept."""
    unit = plain_unit(row.text(UNIT))
    if kpi is not None and unit and kpi.unit and unit != kpi.unit:
        raise Refused(OTHER_UNIT, entry=unit, stored=kpi.unit)
    stored = Entered(name=row.text(NAME)) if kpi is None else entered_of(kpi)
    entry: dict[str, Any] = {
        role: text
        for role in (INITIATIVE, CATEGORY, NOTE)
        if (text := row.text(role)) and (kpi is None or role == NOTE)
    }
    for role, name in FIELDS.items():
        value = row.texts.get(role)
        if value is not None and value.text and value.text != getattr(stored, name).raw:
            entry[name] = measured(value.text)
        if value is not None and value.text and value.year is not None:
            entry[f"{name}_fy"] = value.year
    direction = direction_of(row.text(DIRECTION)) if row.text(DIRECTION) else None
    direction = direction or stored.direction or _told_by(entry.get("target", stored.target))
    return replace(stored, **entry, unit=unit or stored.unit, direction=direction)


def _told_by(target: Measure) -> str | None:
    """5件以上 says that up is good, 3件以下 that down is."""
    if target.qualifier in (AT_LEAST, OVER):
        return UP
    return DOWN if target.qualifier in (AT_MOST, UNDER) else None


def entered_of(kpi: Kpi) -> Entered:
    """What is kept of an indicator."""
    return Entered(**{name: getattr(kpi, name) for name in vars(Entered(name=""))})


def _actuals(row: Row, project: Project, plan: Plan, at: datetime) -> Iterator[tuple[int, Measure, str]]:
    for entry in row.actuals:
        assert entry.year is not None  # a cell without a year was refused when the file was read
        measure = measured(entry.text)
        if entry.year > calendar.fiscal_year(at) and measure.why == NONE_YET:
            continue  # a dash for a year to come says that there is nothing yet
        try:
            operations.refuse_year(project, entry.year, at=at)
        except Refused as problem:
            plan.refused.append(Refusal(entry.cell, entry.text, problem.msgid, dict(problem.values)))
        else:
            yield entry.year, measure, entry.cell


def _changes(it: Planned) -> Iterator[Change]:
    stored = entered_of(it.kpi) if it.kpi else Entered(name="")
    cells: dict[str, Said] = it.row.texts
    for name in (
        "initiative",
        "category",
        "name",
        "unit",
        "direction",
        "baseline",
        "baseline_fy",
        "target",
        "target_fy",
        "note",
    ):
        was, becomes = (_text(getattr(each, name)) for each in (stored, it.entered))
        if was != becomes:
            entry = cells.get(name.removesuffix("_fy"))
            yield Change(name, was, becomes, entry.cell if entry else it.row.cell)
    for year, measure, cell in it.actuals:
        actual = it.kpi.actual_of(year) if it.kpi else None
        if actual is None or actual.raw != measure.raw:
            yield Change("actual", actual.raw if actual else "", measure.raw, cell, year)


def _text(value: Any) -> str:
    return value.raw if isinstance(value, Measure) else "" if value is None else str(value)
