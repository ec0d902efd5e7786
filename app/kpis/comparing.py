"""The indicators of one unit side by side, and what cannot stand beside them, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import func

from app.actors import Actor
from app.db import db
from app.kpis.charts import Card, card_of
from app.kpis.lists import NO_UNIT, WITH_PROJECT, followed
from app.kpis.measures import in_unit
from app.kpis.models import Kpi
from app.kpis.progress import latest_of
from app.projects.models import Project

MOST = 60  # on a page


@dataclass(frozen=True)
class Beside:
    """An indicator that is compared: its card, and its latest number."""

    card: Card
    year: int
    value: Decimal

    @property
    def kpi(self) -> Kpi:
        return self.card.kpi


@dataclass
class Compared:
    beside: list[Beside] = field(default_factory=list)
    without: list[Kpi] = field(
        default_factory=list
    )  # of this unit, and its latest actual is no single number of it
    others: dict[str, int] = field(default_factory=dict)  # unit → how many indicators have it
    left_out: int = 0  # of this unit, beyond what a page shows

    @property
    def bars(self) -> list[tuple[str, float]]:
        """For the chart: by the places in the table, since names are too long for columns."""
        return [(str(place), float(it.value)) for place, it in enumerate(self.beside, start=1)]


def compared(actor: Actor, unit: str) -> Compared:
    """Of the unit as an address has it. Indicators without a unit are compared with nothing."""
    counts = _counts(actor)
    count = counts.pop("" if unit == NO_UNIT else unit, 0)
    found = Compared(others=counts)
    if not unit or unit == NO_UNIT:
        return found
    query = followed(actor).where(Kpi.unit == unit).join(Kpi.project).options(*WITH_PROJECT)
    in_order = query.order_by(Project.number, Project.id, Kpi.position, Kpi.id)
    for kpi in db.session.scalars(in_order.limit(MOST)).unique():
        latest = latest_of(kpi)
        measure = in_unit(latest.measure, unit) if latest else None
        if latest is None or measure is None or measure.value is None:
            found.without.append(kpi)
        else:
            found.beside.append(Beside(card_of(kpi), latest.fiscal_year, measure.value))
    found.left_out = max(0, count - MOST)
    return found


def _counts(actor: Actor) -> dict[str, int]:
    """Unit → how many indicators have it."""
    query = followed(actor).with_only_columns(Kpi.unit, func.count()).group_by(Kpi.unit)
    return {row[0]: row[1] for row in db.session.execute(query.order_by(Kpi.unit))}
