"""A year of reports as a book with charts and as sheets, and one report as a document: all from what was frozen."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from app.reports import book
from tests import factories
from tests.correspondence.pdf_standards import faults
from tests.factories.applications import holder
from tests.reading import pdf_text


@pytest.fixture
def handed_in(app):
    project = factories.project([factories.organisation("岩見沢市")], number=7, title="雪道の見守り")
    indicator = factories.kpi(project, name="乗客数", baseline="—")
    for year, raw in ((2021, "900人"), (2022, "1,200人程度")):
        factories.kpi_actual(indicator, year, raw)
    factories.kpi(project, name="満足度", unit="%", target="80%")
    factories.obstacle(project, title="路上駐車", by=holder("officer"))
    return factories.report("submitted", project=project)


def test_the_book_has_contents_chapters_charts_and_who_is_missing(handed_in):
    factories.report(project=factories.project(title="まだ書いている事業"))
    officer = holder("officer")
    pdf = book.book_pdf(2022, officer)
    assert faults(pdf) == []
    text = pdf_text(pdf).replace("\n", "")
    for word in ("目次", "今年度の成果", "1,200人程度", "未入力", "乗客数の推移", "路上駐車",
                 "未提出の事業", "まだ書いている事業", handed_in.last_submission.sha256):  # fmt: skip
        assert word in text, word
    assert book.book_pdf(2022, officer) == pdf, "the same submissions give the same book"
    handed_in.project.title = "別の名"
    assert "別の名" not in pdf_text(book.book_pdf(2022, officer)), "drawn from what was frozen"


def test_the_sheets_have_every_answer_and_every_indicator(handed_in):
    out = io.BytesIO()
    book.write_answers(out, 2022, holder("officer"))
    answers, kpis = load_workbook(out).worksheets
    heads, row = ([cell.value for cell in line] for line in answers.iter_rows(max_row=2))
    found = dict(zip(heads, row, strict=True))
    assert found["一覧番号"] == 7 and found["団体"].endswith("岩見沢市")
    assert found["今年度の成果"] and found["内容のSHA-256"] == handed_in.last_submission.sha256
    rows = [[cell.value for cell in line] for line in kpis.iter_rows(min_row=2)]
    assert [(it[4], it[8], it[9]) for it in rows] == [("乗客数", "1,200人程度", 1200), ("満足度", None, None)]


def test_a_ministry_has_what_was_handed_in_alone(handed_in):
    factories.report(project=factories.project(title="まだ書いている事業"))
    ministry = factories.tenure("ministry_officer")
    assert len(book.handed_in(2022, ministry)) == 1 and book.owed(2022, ministry) == []


def test_one_report_is_a_document_of_its_own(handed_in):
    pdf = book.report_pdf(handed_in, handed_in.last_submission)
    text = pdf_text(pdf).replace("\n", "")
    assert faults(pdf) == []
    for word in ("目次", "雪道の見守り", "指標（KPI）", "登録されている事項"):
        assert word in text, word
