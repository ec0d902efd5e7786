"""A value as it was written beside the number that was read of it, and how such numbers compare. Pure.

A number counts in the unit of its indicator. One of another unit is kept and shown, and compared with nothing: 77名 and 80%
are no two points of one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from app.kpis.values import Value, read_value
from app.kpis.words import ABOUT, AT_LEAST, AT_MOST, EXACT, OVER, RANGE, TIMES, TOO_LONG, UNDER
from app.widths import TooLong, plain

MOST_DIGITS, LONGEST = (
    24,
    40,
)  # of a number that is kept: its digits, and written out; a longer one stays a text
QUALIFIERS = (EXACT, ABOUT, AT_LEAST, AT_MOST, OVER, UNDER, RANGE)


@dataclass(frozen=True)
class Measure:
    """`value` is None where no number is certain; `start` and `end` are the limits of a range.

    `unit` is the unit in the text, "" where it names none. `by_hand`: a person typed the number beside the text.
    """

    raw: str = ""
    value: Decimal | None = None
    unit: str = ""
    qualifier: str | None = None
    start: Decimal | None = None
    end: Decimal | None = None
    by_hand: bool = False

    @property
    def why(self) -> str:
        """Why the text by itself says no single number (a msgid); "" where it does."""
        found = read_value(self.raw)
        return TOO_LONG if too_long(found.value) else found.why

    @property
    def has_figure(self) -> bool:
        return self.value is not None or self.start is not None

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        """Between which numbers it lies for certain; None is open."""
        if self.value is None:
            return self.start, self.end
        if self.qualifier in (AT_LEAST, OVER):
            return self.value, None
        if self.qualifier in (AT_MOST, UNDER):
            return None, self.value
        return self.value, self.value


def measured(raw: str, number: Decimal | None = None) -> Measure:
    """What `raw` says; `number` is what a person typed beside it, for where the text alone says no single number.

    A number beside a text that says one itself adds nothing: see `contradicts`.
    """
    found: Value = read_value(raw)
    unit = plain_unit(found.unit or "")
    if any(too_long(it) for it in (found.value, found.start, found.end)):
        return Measure(raw) if number is None else Measure(raw, number, qualifier=EXACT, by_hand=True)
    if found.value is None and number is not None:
        return Measure(raw, number, qualifier=EXACT, by_hand=True)
    return Measure(raw, found.value, unit, found.qualifier, found.start, found.end)


def contradicts(raw: str, number: Decimal | None) -> bool:
    """Whether the text says another number than the one that was typed beside it."""
    found = read_value(raw).value
    return number is not None and found is not None and found != number


def number_of(text: str) -> Decimal | None:
    """A number that a person typed: 1,234.5, full width too, ▲ for minus. Raises ValueError for anything else."""
    if not text.strip():
        return None
    found = read_value(text)
    if found.value is None or found.unit or found.qualifier != EXACT or too_long(found.value):
        raise ValueError(text)
    return found.value


def too_long(number: Decimal | None) -> bool:
    return number is not None and (
        len(number.as_tuple().digits) > MOST_DIGITS or len(f"{number:f}") > LONGEST
    )


def plain_unit(text: Any) -> Any:
    """A unit in its plain form, so that ％ and % are one; what is no text stays what it is."""
    if not isinstance(text, str):
        return text
    try:
        return plain(text, 100).strip()
    except TooLong:
        return text


def in_unit(measure: Measure, unit: str) -> Measure | None:
    """The same counted in `unit`; None where it is of another unit, or says no number.

    A text without a unit counts in the indicator's. 1,200千円 is read as 1,200,000円, which is 1,200 in 千円.
    """
    if not measure.has_figure:
        return None
    if measure.by_hand or not measure.unit or measure.unit == unit:
        return measure
    times = next((it for word, it in TIMES.items() if unit == word + measure.unit), None)
    if times is None:
        return None
    value, start, end = (
        None if it is None else it / times for it in (measure.value, measure.start, measure.end)
    )
    return Measure(measure.raw, value, unit, measure.qualifier, start, end, measure.by_hand)


def differs_in_unit(measure: Measure, unit: str) -> bool:
    return measure.has_figure and in_unit(measure, unit) is None


def unit_of(target: Measure, baseline: Measure, actuals: Iterable[Measure]) -> str:
    """The unit that the texts of a new indicator name: the target's, since all else is compared with it; else the one
    that all others agree on. "" where they do not."""
    if target.unit:
        return target.unit
    named = {it.unit for it in (baseline, *actuals) if it.unit}
    return named.pop() if len(named) == 1 else ""


def kept_decimal(text: str | None) -> Decimal | None:
    """A number as the database keeps it."""
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as problem:
        raise ValueError(text) from problem
