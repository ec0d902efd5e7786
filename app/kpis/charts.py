"""What the chart of an indicator shows: its actuals and its baseline against its target, as far as they are of its unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from app.kpis.facts import ToldKpi
from app.kpis.labels import asks_for_a_number, is_of_another_unit, read_as, shown_unit, shown_why, with_year
from app.kpis.measures import Measure, in_unit
from app.kpis.models import Kpi, KpiActual
from app.kpis.progress import Progress, progress_of
from app.kpis.words import ABOUT, AT_LEAST, AT_MOST, OVER, UNDER
from app.web.i18n import shown_figure, shown_fiscal_year
from app.web.line_chart import Drawing, Point
from app.web.line_chart import drawing as drawn

SIGNS = {ABOUT: "≈", AT_LEAST: "≥", AT_MOST: "≤", OVER: ">", UNDER: "<"}


@dataclass(frozen=True)
class Card:
    """An indicator as its page shows it."""

    kpi: Kpi
    progress: Progress
    drawing: Drawing | None
    in_words: str  # what the chart shows, in words
    others: tuple[KpiActual, ...]  # of another unit: shown in the table alone
    unread: tuple[KpiActual, ...]  # without a number: somebody may type one


def card_of(kpi: Kpi) -> Card:
    actuals = tuple(kpi.actuals)
    return Card(
        kpi,
        progress_of(kpi),
        drawing_of(kpi),
        _in_words(kpi),
        tuple(it for it in actuals if is_of_another_unit(it.measure, kpi)),
        tuple(it for it in actuals if asks_for_a_number(it.measure)),
    )


def drawing_of(kpi: Kpi | ToldKpi) -> Drawing | None:
    """None where no number is of the indicator's unit."""
    target = in_unit(kpi.target, kpi.unit)
    targets = [it for it in _ends(target) if it is not None] if target else []
    years = [kpi.target_fy] if kpi.target_fy and targets else []
    return drawn(sorted(_points(kpi), key=lambda it: it.year), targets, years)


def _points(kpi: Kpi | ToldKpi) -> Iterator[Point]:
    measured = set()
    for actual in kpi.actuals:
        if found := in_unit(actual.measure, kpi.unit):
            measured.add(actual.fiscal_year)
            yield _point(actual.fiscal_year, found)
    baseline = in_unit(kpi.baseline, kpi.unit)
    if baseline and kpi.baseline_fy and kpi.baseline_fy not in measured:
        yield _point(kpi.baseline_fy, baseline, marked=True)


def _point(year: int, measure: Measure, marked: bool = False) -> Point:
    low, *rest = (it for it in _ends(measure) if it is not None)
    high = rest[-1] if rest else low
    label = "～".join(shown_figure(it) for it in (low, *rest))
    return Point(year, low, high, SIGNS.get(measure.qualifier or "", "") + label, marked)


def _ends(measure: Measure) -> tuple[Decimal | None, ...]:
    return (measure.value,) if measure.value is not None else (measure.start, measure.end)


def _in_words(kpi: Kpi) -> str:
    """For whoever does not see the chart: what it shows, in a sentence or two."""
    parts = [
        _("%(year)s: %(value)s", year=shown_fiscal_year(it.fiscal_year), value=read_as(it.measure, kpi.unit))
        for it in kpi.actuals
        if in_unit(it.measure, kpi.unit)
    ]
    in_words = _(
        "Actual (%(unit)s): %(values)s.", unit=shown_unit(kpi.unit), values=_(", ").join(parts) or "–"
    )
    if kpi.target.raw:
        in_words += " " + _("Target: %(target)s.", target=with_year(kpi.target.raw, kpi.target_fy))
    why = shown_why(progress_of(kpi))
    return f"{in_words} {why}".strip()
