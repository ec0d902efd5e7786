"""What a test does with a form as a workbook: open it, find a question's cells, fill them in, save it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from app import calendar
from app.applications import workbooks
from app.applications.models import Application
from app.db import db
from app.programmes.models import Call
from app.questions.workbooks import FIRST

Book = Any


def opened(content: bytes) -> Book:
    return openpyxl.load_workbook(io.BytesIO(content))


def filled(application: Application) -> Book:
    """The form of the application as it is downloaded now."""
    db.session.commit()
    return opened(workbooks.filled_workbook(application, at=calendar.now()))


def empty(call: Call) -> Book:
    assert call.form is not None and call.form.published is not None
    return opened(workbooks.empty_workbook(call, call.form.published))


def cell(book: Book, key: str, row: int = 0, column: int = 0) -> Any:
    """A cell of a question: of its row and column, counted from 0."""
    rows = [cells for sheet in book.worksheets for cells in sheet.iter_rows() if cells[0].value == key]
    return rows[row][FIRST - 1 + column]


def address(book: Book, key: str, row: int = 0, column: int = 0) -> str:
    found = cell(book, key, row, column)
    return f"{found.parent.title}!{found.coordinate}"


def saved(book: Book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(book: Book | bytes, name: str = "様式.xlsx") -> dict[str, Any]:
    """As a browser sends it."""
    content = book if isinstance(book, bytes) else saved(book)
    return {"file": (io.BytesIO(content), name)}
