"""A list as a spreadsheet: typed cells, a header that stays, a filter, columns that fit."""

import io
import tempfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from app.web import sheets
from app.web.sheets import NARROWEST, WIDEST, write_sheet

HEADER = ["団体コード", "事業名", "件数", "終了日", "受付日時"]
ROW = ["012106", "=1+1", 3, date(2023, 3, 31), datetime(2023, 2, 15, 3, 30, 12, tzinfo=UTC)]


def opened(header, rows):
    out = io.BytesIO()
    write_sheet(out, "一覧", header, rows)
    return openpyxl.load_workbook(out).active


def test_days_instants_and_numbers_are_typed():
    cells = list(opened(HEADER, [ROW]).rows)[1]
    assert [cell.data_type for cell in cells] == ["s", "s", "n", "d", "d"]
    assert cells[3].value == datetime(2023, 3, 31) and cells[3].number_format == "yyyy-mm-dd"
    assert cells[4].value == datetime(2023, 2, 15, 12, 30), "the clock of Japan"
    assert cells[4].number_format == "yyyy-mm-dd hh:mm"


def test_a_text_stays_what_was_typed():
    typed = ["012106", "=1+1", "+81", "-490人", "@山田", "'引用", "一行\n二行"]
    cells = list(opened(["x"] * len(typed), [typed]).rows)[1]
    assert [cell.value for cell in cells] == typed
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_header_stays_and_filters():
    sheet = opened(HEADER, [ROW, ROW])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert all(cell.font.bold for cell in sheet[1])


def test_columns_are_as_wide_as_what_they_hold():
    sheet = opened(["番号", "事業名", "理由"], [[1, "雪道の見守りドローン", "長" * 400]])
    # Excel adds the margin of a cell to what it is told, less than a character.
    width = {letter: int(sheet.column_dimensions[letter].width) for letter in "ABC"}
    assert width["A"] == NARROWEST and width["B"] == 22 and width["C"] == WIDEST


def test_an_empty_list_is_a_header_alone():
    sheet = opened(HEADER, [])
    assert sheet.max_row == 1 and sheet.auto_filter.ref == "A1:E1"


def test_what_a_file_cannot_hold_is_left_out_and_nothing_breaks():
    sheet = opened(["x"], [["甲\x00乙\x0b"], ["長" * 40_000], [None], [""]])
    assert [row[0].value for row in sheet.rows][1:3] == ["甲乙", "長" * 32_767]


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1f", "\x7f", "\ufffe", "\ud800", "_x0041_", "&<>\"'", "\t", " 甲 "]
)
def test_a_file_can_be_read_whatever_a_text_holds(sign):
    [[read]] = list(opened(["x"], [[f"甲{sign}乙"]]).rows)[1:]
    seen = sign if sign.isprintable() or sign == "\t" else ""
    assert unescape(read.value) == f"甲{seen}乙"


def test_more_rows_than_a_sheet_holds_make_no_file(monkeypatch, tmp_path):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert opened(["x"], [["甲"]] * 3).max_row == 4
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(sheets.TooLong):
        opened(["x"], [["甲"]] * 4)
    assert not list(tmp_path.iterdir()), "what waited on the disk is gone"
