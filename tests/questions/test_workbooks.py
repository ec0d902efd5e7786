"""A form as a workbook: locked but for its answers, read cell by cell, refused with the address and the reason."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from app.questions import workbook_reading, workbooks
from app.questions.definition import Definition, Section, Words
from app.questions.kind import Upload
from app.questions.workbook_reading import NoWorkbook
from app.questions.workbook_reading import read_workbook as read_upload
from app.questions.workbooks import Cover, workbook
from tests.questions.forms import question

pytestmark = pytest.mark.usefixtures("app")
FORM = Definition(
    (
        Section("a", Words("基本/事項"), (question("short_text", "title"), question("number", "people"))),
        Section("b", Words("計画"), (question("date", "due"), question("table", "plan"), question("one_choice", "area"))),
    )
)  # fmt: skip


def _opened(values: dict[str, Any] | None = None) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(FORM, values or {}, Cover("見本", template=3, version=2))))


def read_workbook(form: Definition, content: bytes) -> Any:
    return read_upload(form, Upload("様式.xlsx", content))


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(book: openpyxl.Workbook, key: str, row: int = 0, column: int = 0) -> Any:
    rows = [cells for sheet in book.worksheets for cells in sheet.iter_rows() if cells[0].value == key]
    return rows[row][workbooks.FIRST - 1 + column]


def test_only_the_cells_that_take_answers_are_unlocked():
    book = _opened({"title": "雪道"})
    unlocked = {
        (sheet.title, cell.row, cell.column)
        for sheet in book.worksheets
        for cells in sheet.iter_rows()
        for cell in cells
        if not cell.protection.locked
    }
    expected = {
        (sheet.title, cells[0].row, workbooks.FIRST + place)
        for sheet in book.worksheets
        for cells in sheet.iter_rows()
        if cells[0].value in FORM.questions
        for place in range(max(1, len(FORM.questions[cells[0].value].asked.heads)))
    }
    assert unlocked == expected
    assert len(expected) == 1 + 1 + 1 + 5 * 4 + 1
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    assert book["form"].sheet_state == "hidden"
    assert [sheet.title for sheet in book.worksheets] == ["はじめに", "1", "2", "form"]


def test_choices_are_offered_as_drop_downs():
    rules = _opened()["2"].data_validations.dataValidation
    assert {rule.formula1 for rule in rules if rule.type == "list"} == {
        '"市内全域,一部の地区,未定"',
        '"国費,地方費"',
    }


def test_what_people_enter_in_excel_is_understood():
    book = _opened()
    _cell(book, "title").value = "雪道の見守り"
    _cell(book, "people").value = "１，２００人"
    _cell(book, "due").value = "令和5年3月31日"
    _cell(book, "area").value = "未定"
    for column, entry in enumerate(("機材", 1200, datetime(2023, 6, 30), "国費")):
        _cell(book, "plan", 0, column).value = entry
    _cell(book, "plan", 3, 0).value = "人件費"
    _cell(book, "plan", 3, 2).value = 45107  # a serial number
    read = read_workbook(FORM, _saved(book))
    assert read.refused == []
    assert (read.template, read.version) == (3, 2)
    assert read.values == {
        "title": "雪道の見守り",
        "people": "1200",
        "due": "2023-03-31",
        "area": "未定",
        "plan": [
            {"item": "機材", "amount": "1200", "due": "2023-06-30", "kind": "国費"},
            {"item": "人件費", "due": "2023-06-30"},
        ],
    }
    assert read.found["title"].address() == "1!C3"


def test_each_cell_that_cannot_be_read_is_told_by_its_address_and_the_others_are_read():
    book = _opened()
    _cell(book, "title").value = "雪道"
    _cell(book, "people").value = "多い"
    _cell(book, "due").value = "=TODAY()"
    _cell(book, "area").value = "市外"
    _cell(book, "plan", 1, 1).value = "約100"
    read = read_workbook(FORM, _saved(book))
    assert read.values == {"title": "雪道"}
    told = {refused.cell: refused.why for refused in read.refused}
    assert {cell.split("!")[1] for cell in told} == {
        _cell(book, key, row, column).coordinate
        for key, row, column in (("people", 0, 0), ("due", 0, 0), ("area", 0, 0), ("plan", 1, 1))
    }
    assert "数式" in next(why for cell, why in told.items() if cell.endswith(_cell(book, "due").coordinate))


def test_a_row_that_was_moved_is_found_and_one_that_is_not_asked_any_more_is_refused():
    book = _opened({"title": "雪道", "people": "12"})
    book["1"].insert_rows(2, 3)
    fewer = replace(
        FORM, sections=(replace(FORM.sections[0], questions=FORM.sections[0].questions[:1]), FORM.sections[1])
    )
    read = read_workbook(fewer, _saved(book))
    assert read.values["title"] == "雪道"
    assert [refused.cell for refused in read.refused] == [f"1!{_cell(book, 'people').coordinate}"]


def test_texts_that_look_like_formulas_stay_texts():
    book = _opened({"title": "=1+1"})
    cell = _cell(book, "title")
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert read_workbook(FORM, _saved(book)).values["title"] == "=1+1"


def test_a_merged_cell_and_an_error_value_are_dealt_with():
    book = _opened({"title": "雪道"})
    book["1"].merge_cells("C3:D3")
    _cell(book, "people").value = "#DIV/0!"
    read = read_workbook(FORM, _saved(book))
    assert read.values["title"] == "雪道"
    assert [refused.cell.split("!")[1] for refused in read.refused] == [_cell(book, "people").coordinate]


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (workbook_reading.LARGEST + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\x00" * 1000, b"<html>"], ids=range(5)
)
def test_what_is_no_workbook_is_told_so(content):
    with pytest.raises(NoWorkbook):
        read_workbook(FORM, content)


def test_a_zip_bomb_is_not_unpacked():
    with pytest.raises(NoWorkbook, match="larger"):
        read_workbook(FORM, _bomb())


def test_a_sheet_without_end_is_not_read():
    book = _opened()
    book["1"].cell(workbook_reading.MOST_ROWS + 1, 3).value = "x"
    with pytest.raises(NoWorkbook, match="larger"):
        read_workbook(FORM, _saved(book))


def test_a_workbook_of_somebody_elses_is_not_read():
    book = openpyxl.Workbook()
    book.active.append(["何か", "別の", "表"])
    book.active.append([date(2023, 3, 31), 5, "x"])
    with pytest.raises(NoWorkbook, match="nothing in it says which form"):
        read_workbook(FORM, _saved(book))
