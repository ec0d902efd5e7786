"""A table as an office keeps it, XLSX or CSV, as sheets of plain cells: each as it is shown there, or with the reason why
it is not read. What a merged cell covers knows its corner."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from app.lifecycle import N_
from app.lines import neutral
from app.questions import excel
from app.questions.files import clean_name
from app.questions.kind import Upload
from app.questions.workbook_opening import (
    LARGER,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Merged,
    NoWorkbook,
    merged_on,
    open_workbook,
)

LARGEST_TEXT = 5 * 1024 * 1024  # bytes of a CSV
ENCODINGS = ("utf-8-sig", "cp932")  # Excel of Japan writes either
LONGEST_CELL = 2_000
FORMULA = N_("A formula is not read: put its result there as a value.")
ERROR = N_("The cell holds an error of the spreadsheet.")
TOO_LARGE = N_("This table is larger than any table of indicators: leave in it what is to be read.")
NO_TEXT = N_(
    "This is not a CSV that can be read. Save it in Excel as .xlsx or as CSV (UTF-8), then upload it."
)
NO_TABLE_FILE = N_("Choose a table: an Excel workbook (.xlsx) or a CSV.")


@dataclass(frozen=True)
class Cell:
    """`corner` is the first (row, column) of the merged cell that this one lies in; its own place where it is none."""

    text: str = ""
    why: str = ""  # a msgid: why what stands there is not read
    corner: tuple[int, int] = (0, 0)
    wide: bool = False  # merged over several columns


@dataclass(frozen=True)
class Sheet:
    """Rows and columns are counted from 1, as a spreadsheet does."""

    name: str
    rows: list[list[Cell]]

    def at(self, row: int, column: int) -> Cell:
        line = self.rows[row - 1] if 0 < row <= len(self.rows) else []
        return line[column - 1] if 0 < column <= len(line) else Cell(corner=(row, column))

    def filled(self, row: int, column: int) -> Cell:
        """What stands there, also where it is written once for several rows or columns."""
        return self.at(*self.at(row, column).corner)

    def address(self, row: int, column: int) -> str:
        letter = f"{excel.get_column_letter(column)}{row}"
        return f"{self.name}!{letter}" if self.name else letter


def sheets_of(upload: Upload) -> list[Sheet]:
    """Raises NoWorkbook for a file that is not read at all."""
    suffix = PurePath(clean_name(upload.name)).suffix.lower()
    if suffix in (".csv", ".tsv", ".txt"):
        return [_of_text(upload)]
    if upload.size == 0 or not upload.name:
        raise NoWorkbook(NO_TABLE_FILE)
    try:
        return open_workbook(upload, _of_book)
    except NoWorkbook as problem:
        raise NoWorkbook(TOO_LARGE) if problem.msgid == LARGER else problem from problem


def _of_text(upload: Upload) -> Sheet:
    if upload.size > LARGEST_TEXT:
        raise NoWorkbook(TOO_LARGE)
    upload.content.seek(0)
    content = upload.content.read()
    text = next(
        (it for it in (_decoded(content, encoding) for encoding in ENCODINGS) if it is not None), None
    )
    if text is None or "\x00" in text or not text.strip():
        raise NoWorkbook(NO_TEXT)
    beginning = text.partition("\n")[0]
    try:
        lines = list(
            csv.reader(
                io.StringIO(text), delimiter="\t" if "\t" in beginning and "," not in beginning else ","
            )
        )
    except csv.Error as problem:
        raise NoWorkbook(NO_TEXT) from problem
    if len(lines) > MOST_ROWS or sum(map(len, lines)) > MOST_CELLS:
        raise NoWorkbook(TOO_LARGE)
    rows = [
        [Cell(_plain(text), corner=(row, column)) for column, text in enumerate(line[:MOST_COLUMNS], start=1)]
        for row, line in enumerate(lines, start=1)
    ]
    return Sheet("", rows)


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _of_book(book: Any, merged: Merged) -> list[Sheet]:
    return [_of_sheet(sheet, merged_on(sheet, merged)) for sheet in book.worksheets]


def _of_sheet(sheet: Any, merged: list[tuple[int, int, int, int]]) -> Sheet:
    corners: dict[tuple[int, int], tuple[tuple[int, int], bool]] = {}
    merged = [
        (left, top, min(right, MOST_COLUMNS), min(bottom, MOST_ROWS)) for left, top, right, bottom in merged
    ]
    if sum(max(0, it[2] - it[0] + 1) * max(0, it[3] - it[1] + 1) for it in merged) > MOST_CELLS:
        raise NoWorkbook(TOO_LARGE)
    for left, top, right, bottom in merged:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                corners[row, column] = ((top, left), right > left)
    sheet.reset_dimensions()
    rows = []
    for row, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS), start=1):
        line = []
        for column, cell in enumerate(cells, start=1):
            corner, wide = corners.get((row, column), ((row, column), False))
            line.append(Cell(*_shown(cell), corner, wide))
        rows.append(line)
    return Sheet(sheet.title, rows)


def _shown(cell: Any) -> tuple[str, str]:
    """What a spreadsheet shows in the cell, and why that is not read."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "e":
        return "", ERROR
    if cell.data_type == "f":
        return "", FORMULA
    if isinstance(value, datetime):
        return value.date().isoformat(), ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return str(value), ""
    if isinstance(value, str):
        return _plain(value), ""
    return _with_format(Decimal(repr(value)), cell.number_format or ""), ""


def _with_format(number: Decimal, format: str) -> str:  # noqa: A002 (what Excel calls it)
    """A number with the percent sign or the words that its format adds, which are no part of it: 0.43 as 43%, 5 as 5人."""
    shown = format.partition(";")[0]
    words = re.search(r'[0#?]"([^"]{1,12})"\s*$', shown)
    if "%" in shown:
        return f"{_digits(number * 100)}%"
    return _digits(number) + (words[1] if words else "")


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(text: str) -> str:
    return neutral(text).strip(" \t\n\u3000")[:LONGEST_CELL]
