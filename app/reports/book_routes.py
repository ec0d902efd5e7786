"""A year of reports as one file, and one report as a document."""

from __future__ import annotations

import io

from flask import abort
from flask.typing import ResponseReturnValue

from app.reports import book as printing
from app.reports.blueprint import reports
from app.reports.lists import years
from app.reports.routes import fetch_whole
from app.web.access import actor, needs
from app.web.files import download, made

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@reports.get("/reports/years/<int:fiscal_year>.pdf")
@needs("report.list")
def book(fiscal_year: int) -> ResponseReturnValue:
    """What was handed in of a year, as one book with a table of contents and charts."""
    _known_year(fiscal_year)
    return download(io.BytesIO(printing.book_pdf(fiscal_year, actor())), f"{fiscal_year}_年次報告.pdf", PDF)


@reports.get("/reports/years/<int:fiscal_year>.xlsx")
@needs("report.list")
def answers(fiscal_year: int) -> ResponseReturnValue:
    """Every answer and every indicator of a year, to be reckoned with."""
    _known_year(fiscal_year)
    who = actor()
    file = made(lambda out: printing.write_answers(out, fiscal_year, who))
    return download(file, f"{fiscal_year}_年次報告.xlsx", XLSX)


@reports.get("/reports/<int:report_id>/submissions/<int:frozen_id>.pdf")
@needs("report.view")
def pdf(report_id: int, frozen_id: int) -> ResponseReturnValue:
    """A report as it was handed in, on paper."""
    report = fetch_whole(report_id)
    frozen = next((it for it in report.answered.frozen if it.id == frozen_id), None)
    if frozen is None:
        abort(404)
    name = f"{report.fiscal_year}_年次報告_{report.project.number}.pdf"
    return download(io.BytesIO(printing.report_pdf(report, frozen)), name, PDF)


def _known_year(fiscal_year: int) -> None:
    if str(fiscal_year) not in years():
        abort(404)
