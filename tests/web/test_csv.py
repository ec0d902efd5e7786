"""A list as CSV: no cell of it is run by a spreadsheet, whatever was typed; numbers stay numbers."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from app.web import files
from app.web.lists import Column, Listing
from app.web.sheets import write_sheet

FORMULA = 'HYPERLINK("https://example.jp","見本")'


def cell(value) -> str:
    listing = Listing(None, {}, columns=[Column("x", "x", lambda row: row)])  # type: ignore[arg-type]
    _media_type, write = files.KINDS["csv"]
    with files.made(lambda out: write(out, listing, [value])) as file:
        file.seek(0)
        return next(csv.reader(list(io.StringIO(file.read().decode("utf-8-sig"), newline=""))[1:]))[0]


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))
@pytest.mark.parametrize(
    "before", ["", " ", "\u3000", "\xa0", "\t", "\r\n", '"', "'", "”", "\ufeff", "\u200b", "\u202e", "\x00"]
)
def test_a_formula_is_kept_as_text_whatever_its_width_and_whatever_stands_before_it(sign, before):
    assert cell(before + sign + FORMULA).startswith("'")


@pytest.mark.parametrize("number", ["-490", "-1,234", "-0.5", "-12%", "0", "3.5"])
def test_a_negative_number_stays_a_number(number):
    assert cell(number) == number
    assert cell(-490) == "-490"


@pytest.mark.parametrize("sum_of", ["-1+1", "-1-HYPERLINK()", "-(1)", "-1e3|x", "－１"])
def test_what_only_begins_like_a_number_is_none(sum_of):
    assert cell(sum_of) == "'" + sum_of


def test_telephone_numbers_are_read_as_they_were_typed():
    assert cell("03-5555-1234") == "03-5555-1234"
    assert cell("+81-3-5555-1234") == "'+81-3-5555-1234", "without the mark Excel shows -6705"


@pytest.mark.parametrize("text", ["岩見沢市", "（=1）", "令和5年", "–", "a=b", "一行\n二行"])
def test_other_texts_are_not_touched(text):
    assert cell(text) == text


@pytest.mark.parametrize("before", ["", " ", "＝", '"', "\ufeff"])
def test_a_spreadsheet_holds_no_formula_at_all(before):
    typed = before + "=" + FORMULA
    out = io.BytesIO()
    write_sheet(out, "一覧", [typed], [[typed], [typed]])
    book = openpyxl.load_workbook(out)
    cells = [each for row in book.active.rows for each in row]
    assert len(cells) == 3 and {each.data_type for each in cells} == {"s"}
