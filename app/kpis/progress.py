"""How an indicator stands to its target: reached, not reached, or not to be compared, and why. Derived, never entered.

The direction that is good is respected: -419人 is nearer to -180人 than -620人 where up is good. What two texts do not tell
for certain is not told either.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.explained import N_
from app.kpis.measures import Measure, in_unit
from app.kpis.models import UP, Kpi, KpiActual
from app.kpis.words import ABOUT, AT_LEAST, AT_MOST, OVER, RANGE, UNDER

REACHED, NOT_REACHED, NOT_COMPARED = "reached", "not_reached", "not_compared"
STANDINGS = {REACHED: N_("Reached"), NOT_REACHED: N_("Not reached"), NOT_COMPARED: N_("Cannot be compared")}

NO_ACTUAL = N_("No actual has been entered.")
NO_TARGET = N_("No target has been entered.")
ACTUAL_UNREAD = N_("The actual says no number.")
TARGET_UNREAD = N_("The target says no number.")
OTHER_UNIT = N_("The actual is of another unit than the indicator.")
TARGET_OTHER_UNIT = N_("The target is of another unit than the indicator.")
NO_DIRECTION = N_("It is not said whether up or down is good.")
AGAINST = N_("The words of the target say the other direction than the indicator.")
NOT_CERTAIN = N_("The words of the actual leave it open.")
ROUGHLY = N_("The target is given roughly.")
ACTUAL_ROUGHLY = N_("The actual is given roughly.")


@dataclass(frozen=True)
class Progress:
    """`year` is that of the actual that was compared; `why` is a msgid: the reason, or a remark on what is roughly so."""

    standing: str
    year: int | None = None
    why: str = ""


def latest_of(kpi: Kpi) -> KpiActual | None:
    """The actual of the latest year in which something was entered."""
    written = (it for it in kpi.actuals if it.raw or it.measure.has_figure)
    return max(written, key=lambda it: it.fiscal_year, default=None)


def progress_of(kpi: Kpi) -> Progress:
    """How the latest actual stands to the target."""
    latest = latest_of(kpi)
    if latest is None:
        return Progress(NOT_COMPARED, why=NO_ACTUAL)
    return compared(
        latest.measure, kpi.target, unit=kpi.unit, direction=kpi.direction, year=latest.fiscal_year
    )


def compared(
    actual: Measure, target: Measure, *, unit: str, direction: str | None, year: int | None = None
) -> Progress:
    why = _why_not(actual, target, unit) or ("" if direction else NO_DIRECTION)
    there, aim = in_unit(actual, unit), in_unit(target, unit)
    if why or there is None or aim is None:
        return Progress(NOT_COMPARED, year, why)
    up = direction == UP
    if aim.qualifier in ((AT_MOST, UNDER) if up else (AT_LEAST, OVER)):
        return Progress(NOT_COMPARED, year, AGAINST)
    standing = _standing(there, aim, up)
    if standing == NOT_COMPARED:
        return Progress(standing, year, NOT_CERTAIN)
    remark = ROUGHLY if aim.qualifier == ABOUT else ACTUAL_ROUGHLY if there.qualifier == ABOUT else ""
    return Progress(standing, year, remark)


def _why_not(actual: Measure, target: Measure, unit: str) -> str:
    if not target.raw:
        return NO_TARGET
    if not target.has_figure:
        return TARGET_UNREAD
    if not actual.has_figure:
        return ACTUAL_UNREAD
    if in_unit(target, unit) is None:
        return TARGET_OTHER_UNIT
    return OTHER_UNIT if in_unit(actual, unit) is None else ""


def _standing(actual: Measure, target: Measure, up: bool) -> str:
    low, high = actual.limits
    aim = _aim(target, up)
    # Down is up with all signs turned.
    nearest, farthest = (low, high) if up else (_turned(high), _turned(low))
    aim = aim if up else -aim
    beyond = target.qualifier in (OVER, UNDER)
    if nearest is not None and (nearest > aim or (nearest == aim and (not beyond or _excludes(actual)))):
        return REACHED
    if farthest is not None and (farthest < aim or (farthest == aim and (beyond or _excludes(actual)))):
        return NOT_REACHED
    return NOT_COMPARED


def _excludes(actual: Measure) -> bool:
    """Whether its limit is not a part of it: 100人超."""
    return actual.qualifier in (OVER, UNDER)


def _aim(target: Measure, up: bool) -> Decimal:
    """The number to get to; of a range its nearer limit."""
    if target.qualifier == RANGE or target.value is None:
        limit = target.start if up else target.end
        assert limit is not None  # a range has both
        return limit
    return target.value


def _turned(number: Decimal | None) -> Decimal | None:
    return None if number is None else -number
