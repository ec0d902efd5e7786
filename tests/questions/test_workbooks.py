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
    return openpyxl.load_workbook(
        io.BytesIO(workbook(FORM, values or {}, Cover("見本", template=3, version=2)))
    )


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


def _sheet_xml(content: bytes, change: Any, part: str = "xl/worksheets/sheet3.xml") -> bytes:
    """The workbook with a part of it rewritten, as a program that is not Excel might."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for it in before.infolist():
            text = before.read(it)
            after.writestr(it, change(text) if it.filename == part else text)
    return out.getvalue()


def test_rules_of_cells_hold_lengths_limits_and_days():
    form = Definition((Section("a", Words("甲"), (
        question("short_text", "title", settings={"max_chars": 40}),
        question("number", "people", settings={"least": "1", "most": "99"}),
        question("date", "due"),
        question("one_choice", "long", settings={"choices": [f"選択肢その{place}、" + "長" * 40 for place in range(20)]}),
    )),))  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(workbook(form, {}, Cover("見本", template=1, version=1))))
    rules = {
        str(rule.sqref): (rule.type, rule.operator, rule.formula1, rule.formula2)
        for rule in book["1"].data_validations.dataValidation
    }
    assert rules[_cell(book, "title").coordinate] == ("textLength", "lessThanOrEqual", "40", None)
    assert rules[_cell(book, "people").coordinate] == ("decimal", "between", "1", "99")
    assert rules[_cell(book, "due").coordinate][0] == "date"
    assert rules[_cell(book, "long").coordinate][2] == "choices!$A$1:$A$20"
    assert book["choices"]["A20"].value.startswith("選択肢その19") and book["choices"].sheet_state == "hidden"
    _cell(book, "long").value = book["choices"]["A2"].value
    assert read_workbook(form, _saved(book)).values["long"].startswith("選択肢その1、")


def test_what_a_cell_cannot_hold_whole_is_locked_and_not_read():
    form = Definition(
        (Section("a", Words("甲"), (question("long_text", "text", settings={"max_chars": 20000}),)),)
    )
    text = "長い回答。" * 8000
    content = workbook(form, {"text": text}, Cover("見本", template=1, version=1))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(it.protection.locked for row in book["1"].iter_rows() for it in row)
    assert read_workbook(form, content).values == {}


def test_a_locked_answer_can_be_read_and_not_changed():
    content = workbook(FORM, {"title": "雪道"}, Cover("見本", template=1, version=1), locked={"title"})
    book = openpyxl.load_workbook(io.BytesIO(content))
    (here,) = [it for row in book["1"].iter_rows() for it in row if it.value == "雪道"]
    assert here.protection.locked and "title" not in read_workbook(FORM, content).values


def test_a_number_with_more_digits_than_excel_keeps_comes_back_whole():
    many = "1234567890123456789"
    book = _opened({"people": many})
    assert read_workbook(FORM, _saved(book)).values["people"] == many


def test_merged_cells_of_a_table_are_refused_each():
    book = _opened({"plan": [{"item": "甲"}, {"item": "乙"}]})
    first = _cell(book, "plan")
    book["2"].merge_cells(start_row=first.row, end_row=first.row + 1, start_column=3, end_column=3)
    read = read_workbook(FORM, _saved(book))
    assert [it.cell for it in read.refused] == [f"2!C{first.row + 1}"] and "結合" in read.refused[0].why
    assert "plan" not in read.values


def test_one_merged_range_over_a_whole_sheet_costs_no_more():
    content = _sheet_xml(
        _saved(_opened()),
        lambda text: text.replace(
            b"<dataValidations",
            b'<mergeCells count="1"><mergeCell ref="C1:XFD1048576"/></mergeCells><dataValidations',
            1,
        ),
    )
    assert len(read_workbook(FORM, content).refused) == 5 * 4 + 2


def test_a_copied_row_and_a_row_beside_the_form_are_told():
    book = _opened({"title": "雪道"})
    sheet, last = book["1"], book["1"].max_row + 3
    sheet.cell(last, 1).value, sheet.cell(last, 3).value = "title", "別の"
    sheet.cell(last + 1, 3).value = "どこにも属さない"
    told = {it.cell: it.why for it in read_workbook(FORM, _saved(book)).refused}
    assert told.keys() == {f"1!{_cell(book, 'title').coordinate}", f"1!C{last}", f"1!C{last + 1}"}
    assert "title" not in read_workbook(FORM, _saved(book)).values


def test_a_table_of_an_older_version_is_read_by_its_columns():
    """The item was the first column then; it stands second now, and the kind is not asked any more."""
    book = _opened({"plan": [{"item": "機材", "amount": "1200", "due": "2023-06-30", "kind": "国費"}]})
    columns = FORM.questions["plan"].settings["columns"]
    turned = question("table", "plan", settings={"columns": [columns[1], columns[0], columns[2]]})
    form = replace(FORM, sections=(FORM.sections[0], replace(FORM.sections[1], questions=(turned,))))
    read = read_workbook(form, _saved(book))
    assert read.values["plan"] == [{"item": "機材", "amount": "1200", "due": "2023-06-30"}]
    assert read.found["plan"].letters == ("D", "C", "E")
    row = _cell(book, "plan").row
    assert [it.cell for it in read.refused] == [f"2!F{row}"]
    _cell(book, "plan", 0, 1).value = "多い"
    told = [it.cell for it in read_workbook(form, _saved(book)).refused]
    assert told == [f"2!F{row}", f"2!D{row}"]


def test_a_question_that_is_asked_in_another_way_now_is_refused():
    book = _opened({"people": "12"})
    form = replace(
        FORM,
        sections=(replace(FORM.sections[0], questions=(question("long_text", "people"),)), FORM.sections[1]),
    )
    read = read_workbook(form, _saved(book))
    assert [it.key for it in read.refused] == ["people"] and "people" not in read.values


def test_a_workbook_that_counts_from_1904_or_declares_entities_is_not_read():
    book = _opened()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    with pytest.raises(NoWorkbook, match="1904"):
        read_workbook(FORM, _saved(book))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    content = _sheet_xml(_saved(_opened()), lambda text: bomb + text)
    with pytest.raises(NoWorkbook, match="not an Excel workbook"):
        read_workbook(FORM, content)


def test_a_last_row_that_some_programs_name_is_no_fault():
    content = _sheet_xml(
        _saved(_opened({"due": "2023-03-31"})),
        lambda text: text.replace(
            b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="1"/></row></sheetData>'
        ),
    )
    assert read_workbook(FORM, content).values["due"] == "2023-03-31"


def test_a_value_from_another_workbook_is_a_formula_and_refused():
    book = _opened()
    _cell(book, "people").value = "=[1]集計!$B$2"
    read = read_workbook(FORM, _saved(book))
    assert [it.cell for it in read.refused] == [f"1!{_cell(book, 'people').coordinate}"]


def test_more_than_can_be_told_is_told_at_once():
    book = _opened()
    for row in range(40, 40 + workbook_reading.MOST_REFUSED + 1):
        book["1"].cell(row, 3).value = "x"
    with pytest.raises(NoWorkbook, match="300"):
        read_workbook(FORM, _saved(book))
