"""A list as a spreadsheet: typed cells, a header that stays, a filter, columns that fit."""

import io
from datetime import UTC, date, datetime

import openpyxl

from app.web.sheets import NARROWEST, WIDEST, sheet_of

HEADER = ["団体コード", "事業名", "件数", "終了日", "受付日時"]
ROW = ["012106", "=1+1", 3, date(2023, 3, 31), datetime(2023, 2, 15, 3, 30, 12, tzinfo=UTC)]


def opened(header, rows):
    return openpyxl.load_workbook(io.BytesIO(sheet_of("一覧", header, rows))).active


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
    width = {letter: sheet.column_dimensions[letter].width for letter in "ABC"}
    assert width["A"] == NARROWEST and width["B"] == 22 and width["C"] == WIDEST


def test_an_empty_list_is_a_header_alone():
    sheet = opened(HEADER, [])
    assert sheet.max_row == 1 and sheet.auto_filter.ref == "A1:E1"


def test_what_a_file_cannot_hold_is_left_out_and_nothing_breaks():
    sheet = opened(["x"], [["甲\x00乙\x0b"], ["長" * 40_000], [None], [""]])
    assert [row[0].value for row in sheet.rows][1:3] == ["甲乙", "長" * 32_767]
