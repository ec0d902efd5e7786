"""Where the parts of a line chart stand: what was measured year by year, against a target. Pure.

The macro of the same name (templates/components/line_chart.html) draws it, on a page and in a PDF alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil, floor

TOP, HEIGHT, RIGHT, BELOW = 28, 180, 24, 40
NARROWEST, LETTER = 72, 8  # of a year, and of the place for the numbers at the left; of a letter


@dataclass(frozen=True)
class Point:
    """What was measured in a year. `low` and `high` are the limits where it is a range; `marked` has a tone of its own."""

    year: int
    low: Decimal
    high: Decimal
    label: str
    marked: bool = False  # where the line begins: a baseline


@dataclass(frozen=True)
class Mark:
    """A point as it is drawn; `top` and `bottom` differ for a range."""

    x: float
    top: float
    bottom: float
    label: str
    marked: bool


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    grid: list[tuple[float, Decimal]] = field(default_factory=list)  # y, number
    years: list[tuple[float, int]] = field(default_factory=list)  # x, fiscal year
    marks: list[Mark] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # points of a polyline each: years without a gap between
    targets: list[float] = field(default_factory=list)  # y of the dashed lines
    left: float = NARROWEST
    bottom: float = TOP + HEIGHT


def drawing(
    points: Sequence[Point], targets: Sequence[Decimal] = (), years: Sequence[int] = ()
) -> Drawing | None:
    """`targets`: the number to get to, or both limits of a range. `years` are shown besides those of the points.

    None where there is neither a point nor a target: nothing could be drawn.
    """
    shown = sorted({*years, *(it.year for it in points)})
    numbers = [it for point in points for it in (point.low, point.high)] + list(targets)
    if not shown or not numbers:
        return None
    span = list(range(shown[0], shown[-1] + 1)) if shown[-1] - shown[0] < 20 else shown
    grid = _grid(min(*numbers, Decimal(0)), max(*numbers, Decimal(0)))
    left = _room_for(f"{number:,f}" for number in grid)
    step = _room_for(it.label for it in points)
    place = {year: left + step * number + step / 2 for number, year in enumerate(span)}
    low, high = grid[0], grid[-1]

    def y(number: Decimal) -> float:
        return round(TOP + HEIGHT * float((high - number) / (high - low)), 1)

    marks = [Mark(place[it.year], y(it.high), y(it.low), it.label, it.marked) for it in points]
    return Drawing(
        width=left + step * len(span) + RIGHT,
        height=TOP + HEIGHT + BELOW,
        grid=[(y(number), number) for number in grid],
        years=[(place[year], year) for year in span],
        marks=marks,
        lines=[
            " ".join(f"{x},{middle}" for x, middle in run) for run in _runs(points, marks) if len(run) > 1
        ],
        targets=[y(number) for number in targets],
        left=left,
    )


def _room_for(texts: Iterable[str]) -> int:
    return max([NARROWEST, *(LETTER * len(it) + 2 * LETTER for it in texts)])


def _runs(points: Sequence[Point], marks: Sequence[Mark]) -> Iterator[list[tuple[float, float]]]:
    """Points of neighbouring years, in their order: over a year that nobody measured no line is drawn."""
    run: list[tuple[float, float]] = []
    before: int | None = None
    for point, mark in sorted(zip(points, marks, strict=True), key=lambda pair: pair[0].year):
        if before is not None and point.year != before + 1:
            yield run
            run = []
        run.append((mark.x, round((mark.top + mark.bottom) / 2, 1)))
        before = point.year
    yield run


def _grid(lowest: Decimal, highest: Decimal) -> list[Decimal]:
    """Four to six numbers at the distance of 1, 2 or 5 times a power of ten, around all that is shown."""
    step = _step(highest - lowest)
    below, above = floor(lowest / step), ceil(highest / step)
    return [step * number for number in range(below, max(above, below + 1) + 1)]


def _step(span: Decimal) -> Decimal:
    power = Decimal(10) ** (span.adjusted() - 1) if span else Decimal(1)
    for _tenfold in range(4):
        for factor in (1, 2, 5):
            if span <= 5 * factor * power:
                return factor * power
        power *= 10
    return power
