"""Local government codes: what is mended, what is refused, what a code tells."""

import json
from pathlib import Path

import pytest

from app.organisations.codes import (
    CodeError,
    check_digit,
    kind_of,
    mend_code,
    prefecture_of,
    with_check_digit,
)

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "test_vectors.json").read_text())


@pytest.mark.parametrize("row", VECTORS["check_digit"], ids=lambda row: row["code5"])
def test_the_check_digit_is_the_one_of_the_vectors(row):
    assert check_digit(row["code5"]) == row["check"]
    assert mend_code(row["code5"] + row["check"]).code == with_check_digit(row["code5"])


@pytest.mark.parametrize("code", VECTORS["check_digit_invalid"])
def test_a_wrong_check_digit_is_refused_and_the_right_one_named(code):
    with pytest.raises(CodeError, match=f"after {code[:5]} it is {check_digit(code[:5])}"):
        mend_code(code)


@pytest.mark.parametrize("text", ["010006", "０１０００６", "01000-6", "01000‐6", " 010006　", "'010006"])
def test_a_sound_code_is_taken_as_it_is_however_it_is_written(text):
    mended = mend_code(text)
    assert (mended.code, mended.notes) == ("010006", ())


@pytest.mark.parametrize(
    ("text", "code"),
    [("10006", "010006"), pytest.param(10006, "010006", id="a number"), ("１１００２", "011002")],
)
def test_a_leading_zero_that_a_spreadsheet_ate_is_restored_and_said(text, code):
    mended = mend_code(text)
    assert mended.code == code
    assert [str(note) for note in mended.notes] == [
        f"{code[1:]} was read as {code}: its leading zero had been lost."
    ]


@pytest.mark.parametrize(("text", "code"), [("13000", "130001"), ("01210", "012106"), ("41209", "412091")])
def test_five_digits_without_their_check_digit_are_completed_and_said(text, code):
    mended = mend_code(text)
    assert mended.code == code
    assert [str(note) for note in mended.notes] == [f"{text} was read as {code}: the check digit was added."]


def test_five_digits_that_can_be_read_in_two_ways_are_refused():
    with pytest.raises(CodeError, match="“12203” can mean 012203 or 122033"):
        mend_code("12203")


def test_known_codes_decide_between_two_readings_but_not_when_both_are_known():
    assert mend_code("12203", known={"012203"}).code == "012203"
    assert mend_code("12203", known={"122033"}).code == "122033"
    with pytest.raises(CodeError, match="can mean"):
        mend_code("12203", known={"012203", "122033"})
    with pytest.raises(CodeError, match="fits no code"):
        mend_code("12203", known=set())


def test_a_ward_of_a_designated_city_is_no_reading_of_five_digits():
    assert mend_code("12106").code == "012106"
    with pytest.raises(CodeError, match="fits no code"):
        mend_code("22140")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        (" - ", "missing"),
        ("01000A", "contains “A”"),
        ("北海道", "contains “北”"),
        ("010006.0", "contains “.”"),
        ("1000", "has 4 digits"),
        ("0100006", "has 7 digits"),
        ("48000", "fits no code"),
        ("00000", "fits no code"),
        (with_check_digit("48201"), "begins with 48"),
        (with_check_digit("00201"), "begins with 00"),
        (with_check_digit("13050"), "No body has the number 050"),
        (with_check_digit("13200"), "No body has the number 200"),
    ],
)
def test_a_text_that_is_no_code_is_refused_with_the_reason(text, reason):
    with pytest.raises(CodeError, match=reason) as refused:
        mend_code(text)
    assert refused.value.msgid % refused.value.values == str(refused.value)


@pytest.mark.parametrize(
    ("code", "prefecture", "kind"),
    [
        ("010006", "北海道", "prefecture"),
        ("011002", "北海道", "designated_city"),
        ("011011", "北海道", "ward"),
        ("131121", "東京都", "special_ward"),
        ("221309", "静岡県", "designated_city"),
        ("22140", "静岡県", "ward"),
        ("412091", "佐賀県", "city"),
        ("016390", "北海道", "town_or_village"),
        ("473111", "沖縄県", "town_or_village"),
        ("018015", "北海道", "association"),
    ],
)
def test_a_code_tells_its_prefecture_and_kind(code, prefecture, kind):
    assert (prefecture_of(code), kind_of(code)) == (prefecture, kind)
