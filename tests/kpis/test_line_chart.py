"""Where the parts of a line chart stand, and how its macro draws them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.kpis.charts import card_of, drawing_of
from app.web import shown
from app.web.line_chart import Point, drawing
from tests import factories


def point(year: int, low: str, high: str = "", marked: bool = False) -> Point:
    return Point(year, Decimal(low), Decimal(high or low), low, marked)


def test_years_without_a_value_break_the_line():
    found = drawing([point(2019, "5", marked=True), point(2022, "7"), point(2023, "9")], [Decimal(8)], [2026])
    assert found is not None
    assert [year for _x, year in found.years] == list(range(2019, 2027))
    assert len(found.lines) == 1 and len(found.lines[0].split()) == 2
    assert [mark.marked for mark in found.marks] == [True, False, False]


def test_a_higher_number_stands_higher_and_the_target_on_its_own_height():
    found = drawing([point(2022, "-620"), point(2023, "-419")], [Decimal(-180)])
    assert found is not None
    first, second = found.marks
    assert found.targets[0] < second.top < first.top
    assert found.grid[-1][1] == 0 and found.grid[0][1] <= -620


@pytest.mark.parametrize(
    "numbers", [("0", "0"), ("0.01", "0.02"), ("33383", "9825"), ("1", "1000000000000"), ("-5", "5")]
)
def test_everything_lies_between_the_lowest_and_the_highest_line(numbers):
    found = drawing([point(2021 + place, it) for place, it in enumerate(numbers)])
    assert found is not None
    top, bottom = found.grid[-1][0], found.grid[0][0]
    assert 2 <= len(found.grid) <= 12 and top < bottom
    assert all(top <= mark.top <= mark.bottom <= bottom for mark in found.marks)


def test_a_range_is_as_long_as_it_says():
    found = drawing([point(2022, "5", "10")])
    assert found is not None and found.marks[0].top < found.marks[0].bottom


def test_without_a_number_nothing_is_drawn():
    assert drawing([]) is None and drawing([], [], [2026]) is None


def test_what_is_of_another_unit_stands_in_no_line_and_is_named(app):
    kpi = factories.kpi(unit="%", baseline="77名", baseline_fy=2019, target="80%")
    factories.kpi_actual(kpi, 2022, "113名")
    factories.kpi_actual(kpi, 2023, "43%")
    factories.kpi_actual(kpi, 2024, "集計中")
    with app.test_request_context():
        card = card_of(kpi)
    assert card.drawing is not None and [it.label for it in card.drawing.marks] == ["43"]
    assert [it.raw for it in card.others] == ["113名"] and [it.raw for it in card.unread] == ["集計中"]


def test_a_baseline_of_a_year_that_was_measured_is_not_drawn_twice(app):
    kpi = factories.kpi(baseline="10人", baseline_fy=2022, target="")
    factories.kpi_actual(kpi, 2022, "約12人")
    found = drawing_of(kpi)
    assert found is not None and [it.label for it in found.marks] == ["≈12"] and not found.targets


def test_the_macro_says_in_words_what_it_draws_and_needs_no_style_sheet(app):
    found = drawing([point(2022, "5", marked=True), point(2023, "7", "9")], [Decimal(8)])
    with app.test_request_context():
        html = shown.component("line_chart")("c1", "来場者数", found, description="実績値：7。", unit="人")
    assert '<svg role="img" aria-labelledby="c1-title c1-desc"' in html
    assert '<title id="c1-title">来場者数</title>' in html and '<desc id="c1-desc">実績値：7。</desc>' in html
    assert "style=" not in html and "stroke-dasharray" in html and "polyline" in html
