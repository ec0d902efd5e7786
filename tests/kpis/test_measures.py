"""Numbers beside their texts, counted in the unit of the indicator; and how an actual stands to a target."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.kpis import progress
from app.kpis.measures import contradicts, differs_in_unit, in_unit, measured, number_of, unit_of
from app.kpis.models import DOWN, UP
from app.kpis.progress import NOT_COMPARED, NOT_REACHED, REACHED, compared

IN_UNIT = (
    ("1,200", "人", "1200"), ("1,200人", "人", "1200"), ("1,200千円", "千円", "1200"), ("3億円", "百万円", "300"),
    ("約1万2千人", "千人", "12"), ("５，０００人", "人", "5000"), ("12%", "%", "12"), ("12％", "%", "12"),
    ("77名", "%", None), ("77名", "人", None), ("43%", "", None), ("集計中", "人", None), ("—", "人", None),
)  # fmt: skip


@pytest.mark.parametrize(("raw", "unit", "number"), IN_UNIT)
def test_a_text_counts_in_the_unit_of_its_indicator_or_not_at_all(raw, unit, number):
    found = in_unit(measured(raw), unit)
    assert (found.value if found else None) == (Decimal(number) if number else None)


def test_another_unit_is_told_and_no_number_at_all_is_none():
    assert differs_in_unit(measured("77名"), "%") and not differs_in_unit(measured("集計中"), "%")
    assert not differs_in_unit(measured("77"), "%")


def test_a_number_that_a_person_typed_stands_beside_a_text_that_says_none():
    found = measured("集計中（暫定１２０）", Decimal(120))
    assert (found.value, found.by_hand, found.raw) == (
        Decimal(120),
        True,
        "集計中（暫定１２０）",
    ) and found.why
    assert in_unit(found, "人") == found


def test_a_number_beside_a_text_that_says_one_itself_adds_nothing_or_contradicts():
    assert (
        measured("120人", Decimal(120)) == measured("120人") and not measured("120人", Decimal(120)).by_hand
    )
    assert contradicts("120人", Decimal(121)) and not contradicts("120人", Decimal(120))
    assert not contradicts("集計中", Decimal(120)) and not contradicts("120人", None)


def test_a_number_of_more_digits_than_anybody_counts_stays_a_text():
    for text in ("9" * 25, "0." + "0" * 40 + "1"):
        found = measured(text)
        assert not found.has_figure and found.why


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,200", "1200"), ("１２．５", "12.5"), ("▲3", "-3"), ("-0.5", "-0.5"), ("", None), ("　", None)],
)
def test_a_typed_number_is_read_with_full_width_digits_and_a_triangle_for_minus(text, number):
    assert number_of(text) == (Decimal(number) if number else None)


@pytest.mark.parametrize("text", ["12人", "約12", "5～10", "いくつか", "1,2", "9" * 25])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError):
        number_of(text)


UNITS = (
    ("80%", "77名", ("113名", "43%"), "%"), ("5件以上", "5件", ("7件",), "件"), ("27,306", "9,825", ("28,873",), ""),
    ("未定", "5件", ("7件",), "件"), ("", "5件", ("7人",), ""), ("", "", (), ""),
)  # fmt: skip


@pytest.mark.parametrize(("target", "baseline", "actuals", "unit"), UNITS)
def test_the_unit_of_an_indicator_is_its_targets_else_the_one_that_all_texts_name(
    target, baseline, actuals, unit
):
    assert unit_of(measured(target), measured(baseline), map(measured, actuals)) == unit


# actual, target, unit, direction, how it stands, why
STANDS = (
    ("5,253人", "5,000人程度", "人", UP, REACHED, progress.ROUGHLY),
    ("4,858人", "5,000人程度", "人", UP, NOT_REACHED, progress.ROUGHLY),
    ("9件", "5件以上", "件", UP, REACHED, ""), ("5件", "5件以上", "件", UP, REACHED, ""), ("4件", "5件以上", "件", UP, NOT_REACHED, ""),
    ("5件", "5件超", "件", UP, NOT_REACHED, ""), ("6件", "5件超", "件", UP, REACHED, ""), ("5件超", "5件超", "件", UP, REACHED, ""),
    ("-419人", "-180人", "人", UP, NOT_REACHED, ""), ("▲180人", "-180人", "人", UP, REACHED, ""), ("-100人", "-180人", "人", UP, REACHED, ""),
    ("12分", "15分以下", "分", DOWN, REACHED, ""), ("15分", "15分未満", "分", DOWN, NOT_REACHED, ""), ("20分", "15分", "分", DOWN, NOT_REACHED, ""),
    ("7件", "5～10件", "件", UP, REACHED, ""), ("4件", "5～10件", "件", UP, NOT_REACHED, ""), ("11件", "5～10件", "件", DOWN, NOT_REACHED, ""),
    ("100人以上", "90人", "人", UP, REACHED, ""), ("100人以上", "120人", "人", UP, NOT_COMPARED, progress.NOT_CERTAIN),
    ("100人未満", "100人", "人", UP, NOT_REACHED, ""), ("100人以下", "100人", "人", UP, NOT_COMPARED, progress.NOT_CERTAIN),
    ("80～120人", "100人", "人", UP, NOT_COMPARED, progress.NOT_CERTAIN), ("80～120人", "130人", "人", UP, NOT_REACHED, ""),
    ("約1万2千人", "10,000人", "人", UP, REACHED, progress.ACTUAL_ROUGHLY),
    ("33,383", "27,306", "", UP, REACHED, ""), ("43%", "80%", "%", UP, NOT_REACHED, ""),
    ("113名", "80%", "%", UP, NOT_COMPARED, progress.OTHER_UNIT), ("43%", "80名", "%", UP, NOT_COMPARED, progress.TARGET_OTHER_UNIT),
    ("集計中", "80%", "%", UP, NOT_COMPARED, progress.ACTUAL_UNREAD), ("43%", "未定", "%", UP, NOT_COMPARED, progress.TARGET_UNREAD),
    ("43%", "", "%", UP, NOT_COMPARED, progress.NO_TARGET), ("43%", "80%", "%", None, NOT_COMPARED, progress.NO_DIRECTION),
    ("3件", "5件以下", "件", UP, NOT_COMPARED, progress.AGAINST), ("3件", "5件以上", "件", DOWN, NOT_COMPARED, progress.AGAINST),
    ("1,500千円", "1百万円", "千円", UP, REACHED, ""),
)  # fmt: skip


@pytest.mark.parametrize(("actual", "target", "unit", "direction", "standing", "why"), STANDS)
def test_an_actual_stands_to_its_target_as_its_words_and_the_direction_say(
    actual, target, unit, direction, standing, why
):
    found = compared(measured(actual), measured(target), unit=unit, direction=direction, year=2022)
    assert (found.standing, found.why, found.year) == (standing, why, 2022)
