"""What a filled workbook would change: nothing that nobody touched, nothing that is not asked, nothing without an end."""

from __future__ import annotations

import io

import openpyxl
import pytest

from app.db import db
from app.questions import answering
from app.questions.importing import compare, refuse_other_form
from app.questions.kind import Upload
from app.questions.kinds import KINDS
from app.questions.workbook_reading import NoWorkbook, read_workbook
from app.questions.workbooks import FIRST, Cover, workbook
from tests import factories

SUBJECT = 7


@pytest.fixture
def filled(response, fill):
    fill(response)
    return response


def opened(response):
    cover = Cover("見本", template=response.version.template_id, version=1, subject=SUBJECT)
    return openpyxl.load_workbook(io.BytesIO(workbook(response.form, response.values, cover)))


def cell(book, key, row=0, column=0):
    rows = [cells for sheet in book.worksheets for cells in sheet.iter_rows() if cells[0].value == key]
    return rows[row][FIRST - 1 + column]


def read_of(response, book):
    out = io.BytesIO()
    book.save(out)
    return read_workbook(response.form, Upload("様式.xlsx", out.getvalue()))


def compared(response, book, **how):
    return compare(response, read_of(response, book), **how)


# What somebody enters in place of what `fill` has answered: kind → (cell of the question, value), and what it was and becomes.
ENTERED = {
    "short_text": ((0, 0), "別の題", "雪道の見守り", "別の題"),
    "long_text": ((0, 0), "夏も行う。", "冬の見守りを行う。\n二行目。", "夏も行う。"),
    "number": ((0, 0), "２，０００人", "1234", "2000"),
    "date": ((0, 0), 45107, "2023-03-31", "2023-06-30"),
    "period": ((0, 1), "令和7年3月31日", "2024-03-31", "2025-03-31"),
    "one_choice": ((0, 0), "未定", "市内全域", "未定"),
    "several_choices": ((0, 0), "一部の地区", "市内全域、未定", "一部の地区"),
    "technologies": ((0, 0), "VR/AR", "AI、ドローン、量子センサ 等", "VR/AR"),
    "local_governments": ((0, 0), "別府市", "北海道南アルプス市（192082）", "北海道別府市（442020）"),
    "table": ((1, 1), 70, "-50", "70"),
    "confirmation": ((0, 0), "いいえ", "はい", ""),
}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"file"}))
def test_one_cell_of_each_kind_is_one_change_and_is_saved(filled, kind, editor, at):
    if kind == "local_governments":
        factories.organisation("別府市", "442020")
    (row, column), entered, was, becomes = ENTERED[kind]
    book = opened(filled)
    there = cell(book, kind, row, column)
    there.value = entered
    comparison = compared(filled, book)
    assert (comparison.refused, comparison.left) == ([], [])
    (change,) = comparison.changes
    assert (change.key, change.elsewhere) == (kind, False)
    (one,) = change.cells
    assert (one.cell, one.was, one.becomes) == (f"{there.parent.title}!{there.coordinate}", was, becomes)
    answering.save_section(
        filled,
        change.section.key,
        {kind: change.becomes},
        version=filled.version_of(change.section.key),
        actor=editor,
        at=at,
    )
    db.session.commit()
    assert compared(filled, book).changes == []


def test_what_was_downloaded_and_not_touched_changes_nothing(filled):
    comparison = compared(filled, opened(filled))
    assert (comparison.changes, comparison.refused, comparison.left) == ([], [], [])


def test_a_row_taken_out_of_a_table_is_told_cell_by_cell(filled):
    book = opened(filled)
    for column in range(4):
        cell(book, "table", 1, column).value = None
    (change,) = compared(filled, book).changes
    assert [(it.was, it.becomes) for it in change.cells] == [("人件費", ""), ("-50", ""), ("地方費", "")]
    row = cell(book, "table", 1).row
    assert [it.cell for it in change.cells] == [
        f"{cell(book, 'table').parent.title}!{it}{row}" for it in "CDF"
    ]


def test_an_answer_to_a_question_that_is_not_asked_is_refused(filled):
    book = opened(filled)
    cell(book, "where").value = "白根地区"
    comparison = compared(filled, book)
    assert comparison.changes == [] and [it.key for it in comparison.refused] == ["where"]
    assert "一部の地区" in comparison.refused[0].why
    cell(book, "one_choice").value = "一部の地区"  # which asks it
    assert {it.key for it in compared(filled, book).changes} == {"where", "one_choice"}


def test_a_text_without_end_is_refused(filled):
    book = opened(filled)
    cell(book, "short_text").value = "長" * 30_000
    comparison = compared(filled, book)
    assert comparison.changes == [] and [it.key for it in comparison.refused] == ["short_text"]


def test_what_can_be_saved_but_not_handed_in_is_named_by_its_cell_before_anything_is_stored(filled):
    book = opened(filled)
    long, item, place = cell(book, "short_text"), cell(book, "table", 1, 0), cell(book, "where")
    long.value, item.value, place.value = (
        "長" * 201,
        None,
        None,
    )  # one too long, one missing in its row, one not asked
    comparison = compared(filled, book)
    assert comparison.refused == [] and {it.key for it in comparison.changes} == {"short_text", "table"}
    found = {(it.cell, it.key): it.why for it in comparison.unready}
    where = [
        (f"{it.parent.title}!{it.coordinate}", key) for it, key in ((long, "short_text"), (item, "table"))
    ]
    assert set(found) == set(where)
    assert "1" in found[where[0]] and "費目" in found[where[1]]


def test_what_must_stay_as_it_was_handed_in_is_refused(filled):
    book = opened(filled)
    cell(book, "short_text").value = "別の題"
    comparison = compared(filled, book, locked={"short_text"})
    assert comparison.changes == [] and [it.key for it in comparison.refused] == ["short_text"]


def test_a_column_that_the_file_does_not_have_is_not_emptied(filled):
    """The file of a form without the column; the answer has something in it."""
    book = opened(filled)
    about = book["form"]
    (row,) = [row for row in about.iter_rows() if row[1].value == "table"]
    row[3].value = "item amount due"
    for place in range(2):
        cell(book, "table", place, 3).value = None
    cell(book, "table", 0, 1).value = 5
    comparison = compared(filled, book)
    assert comparison.changes == [] and [it.key for it in comparison.refused] == ["table"]


@pytest.mark.parametrize(
    ("fact", "value"), [("template", 99), ("version", 2), ("version", 0), ("subject", 8)], ids=str
)
def test_the_form_of_another_call_version_or_application_is_refused(filled, fact, value):
    book = opened(filled)
    (row,) = [row for row in book["form"].iter_rows() if row[0].value == fact]
    row[1].value = value
    read = read_of(filled, book)
    with pytest.raises(NoWorkbook):
        refuse_other_form(filled, read, subject=SUBJECT)
    row[1].value = {"template": filled.version.template_id, "version": 1, "subject": SUBJECT}[fact]
    refuse_other_form(filled, read_of(filled, book), subject=SUBJECT)
