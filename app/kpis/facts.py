"""What is known of a project's indicators as plain values, for machines and other contexts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import db
from app.kpis.measures import Measure, differs_in_unit
from app.kpis.models import Kpi
from app.kpis.progress import progress_of
from app.kpis.values import Value
from app.projects.models import Project


def kpis_of(project: Project) -> list[dict[str, Any]]:
    """Those that are followed, in their order, as plain dictionaries."""
    followed = select(Kpi).where(Kpi.project_id == project.id, Kpi.retired_on.is_(None))
    query = followed.options(selectinload(Kpi.actuals)).order_by(Kpi.position, Kpi.id)
    return [_told(kpi) for kpi in db.session.scalars(query)]


@dataclass(frozen=True)
class ToldActual:
    fiscal_year: int
    measure: Measure


class ToldKpi:
    """What `kpis_of` plain of an indicator, read back: for whoever froze it and draws it years later."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.unit: str = plain["unit"]
        self.baseline, self.baseline_fy = _read(plain["baseline"]), plain["baseline"]["fiscal_year"]
        self.target, self.target_fy = _read(plain["target"]), plain["target"]["fiscal_year"]
        self.actuals = [ToldActual(it["fiscal_year"], _read(it)) for it in plain["actuals"]]


def _read(plain: Mapping[str, Any]) -> Measure:
    value, start, end = (
        None if plain[name] is None else Decimal(str(plain[name])) for name in ("value", "from", "to")
    )
    return Measure(
        plain["raw"],
        value,
        plain["unit"] or "",
        plain["qualifier"],
        start,
        end,
        by_hand=plain["entered_by_hand"],
    )


def _told(kpi: Kpi) -> dict[str, Any]:
    progress = progress_of(kpi)
    return {
        "initiative": kpi.initiative,
        "class": kpi.category,
        "indicator": kpi.name,
        "unit": kpi.unit,
        "direction": kpi.direction,
        "baseline": {**_measure(kpi.baseline, kpi.unit), "fiscal_year": kpi.baseline_fy},
        "target": {**_measure(kpi.target, kpi.unit), "fiscal_year": kpi.target_fy},
        "actuals": [
            {**_measure(it.measure, kpi.unit), "fiscal_year": it.fiscal_year, "note": it.note}
            for it in kpi.actuals
        ],
        "progress": progress.standing,
        "progress_year": progress.year,
        "why": progress.why,
    }


def _measure(measure: Measure, unit: str) -> dict[str, Any]:
    value = Value(
        measure.raw,
        measure.value,
        measure.unit or None,
        measure.qualifier,
        measure.start,
        measure.end,
        why="" if measure.by_hand else measure.why,
    ).to_json()
    del value["year"]
    return {**value, "entered_by_hand": measure.by_hand, "another_unit": differs_in_unit(measure, unit)}
