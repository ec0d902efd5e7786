"""A form as an Excel workbook, one sheet for each section: filled in somewhere behind a closed network, and read back.

Column A holds the key of each question (hidden), B its words, from C on stand the cells that take answers; these alone
are unlocked. A row that was moved is found by its key. Cell by cell it is read, or refused with its address and the
reason; nothing is guessed, no formula is computed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from app.explained import Explained
from app.lifecycle import N_
from app.lines import neutral
from app.questions.definition import Definition, Question
from app.questions.kind import Unreadable
from app.web.i18n import sentence_of
from app.web.sheets import DAY, LONGEST_TEXT, TEXT

FIRST = 3  # the column in which answers begin
LARGEST_UNPACKED = 50 * 1024 * 1024  # bytes
MOST_ROWS, MOST_CELLS = 5000, 200
ABOUT = "form"  # the sheet, hidden, that names the form and its version
_FILL = PatternFill("solid", fgColor="FFF9E5")
_LINE = Border(*(Side(style="thin", color="B3B3B3") for _ in range(4)))
_NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\']")


class NoWorkbook(Explained, ValueError):
    """A file that is not read at all."""


@dataclass(frozen=True)
class Refused:
    """A cell that was not read, and why, in the reader's language."""

    cell: str  # sheet!address
    question: str
    why: str


@dataclass
class Read:
    """What stands in a workbook: question's key → value, and what was refused."""

    version: int | None = None
    template: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)  # question's key → where its first cell is
    refused: list[Refused] = field(default_factory=list)


def workbook(
    form: Definition, values: Mapping[str, Any], *, template: int | None = None, version: int | None = None
) -> bytes:
    """The form as a file, filled with what is answered so far."""
    book = Workbook()
    about = book.active
    about.title, about.sheet_state = ABOUT, "hidden"
    about.append(["template", template])
    about.append(["version", version])
    about.protection.sheet = True
    for place, section in enumerate(form.sections, start=1):
        sheet = book.create_sheet(_title(place, str(section.label)))
        sheet.protection.sheet = True
        sheet.column_dimensions["A"].hidden = True
        sheet.column_dimensions["B"].width = 40
        sheet["B1"] = str(section.label)
        sheet["B1"].font = Font(bold=True, size=14)
        row = 3
        for question in section.questions:
            row = _write(sheet, row, question, values.get(question.key, question.asked.empty))
    if len(book.worksheets) > 1:
        book.active = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Any, row: int, question: Question, value: Any) -> int:
    """One question from `row` on; the row after it."""
    asked = question.asked
    words = sheet.cell(row, 2)
    _put(words, f"{question.label}{' ※' if question.required else ''}")
    words.font = Font(bold=True)
    words.alignment = Alignment(wrap_text=True, vertical="top")
    if question.help:
        row += 1
        _put(sheet.cell(row, 2), str(question.help))
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top")
    if asked.heads:
        for place, head in enumerate(asked.heads):
            _put(sheet.cell(row, FIRST + place), head)
            sheet.cell(row, FIRST + place).font = Font(bold=True)
        row += 1
    grid, width = asked.cells(value), max(1, len(asked.heads))
    for line in range(max(asked.rows(), len(grid))):
        sheet.cell(row, 1, question.key)
        for place in range(width):
            cell = sheet.cell(row, FIRST + place)
            cell.protection, cell.fill, cell.border = Protection(locked=False), _FILL, _LINE
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            _put(cell, grid[line][place] if line < len(grid) and place < len(grid[line]) else None)
            _offer(sheet, cell, asked.offered(place))
            letter = get_column_letter(FIRST + place)
            sheet.column_dimensions[letter].width = 60 if width == 1 else 24
        row += 1
    return row + 1


def _put(cell: Any, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = neutral(ILLEGAL_CHARACTERS_RE.sub("", value))[:LONGEST_TEXT]
        cell.data_type, cell.number_format = "s", TEXT  # never a formula
        return
    cell.value = value
    if cell.is_date:
        cell.number_format = DAY


def _offer(sheet: Any, cell: Any, choices: list[str]) -> None:
    listed = ",".join(choices)
    # A list within a cell's rule holds 255 characters, and no choice with a comma or a quotation mark in it.
    if not choices or len(listed) > 255 or any(mark in choice for choice in choices for mark in ',"'):
        return
    rule = next((it for it in sheet.data_validations.dataValidation if it.formula1 == f'"{listed}"'), None)
    if rule is None:
        rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        sheet.add_data_validation(rule)
    rule.add(cell)


def _title(place: int, label: str) -> str:
    return f"{place} {_NOT_IN_A_TITLE.sub(' ', label)}"[:31].strip()


def read_workbook(form: Definition, content: bytes) -> Read:
    """What a workbook of this form, or of an earlier version of it, answers. Raises NoWorkbook."""
    book, found = _opened(content), Read()
    if ABOUT in book.sheetnames:
        facts = {row[0].value: row[1].value for row in book[ABOUT]["A1:B2"]}
        found.template, found.version = (_whole(facts.get(name)) for name in ("template", "version"))
    grids: dict[str, list[tuple[Any, int, list[Any]]]] = {}
    for sheet in book.worksheets:
        if sheet.title == ABOUT:
            continue
        if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_CELLS:
            raise NoWorkbook(
                N_("A sheet of this file is larger than any form: take the file that you downloaded.")
            )
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            key = cells[0].value
            if isinstance(key, str) and key:
                grids.setdefault(key, []).append((sheet, number, list(cells[FIRST - 1 :])))
    for key, rows in grids.items():
        _read_question(form, key, rows, found)
    return found


def _read_question(form: Definition, key: str, rows: list[tuple[Any, int, list[Any]]], found: Read) -> None:
    sheet, number, _cells = rows[0]
    first = f"{sheet.title}!{get_column_letter(FIRST)}{number}"
    question = form.questions.get(key)
    if question is None:
        if any(cell.value is not None for _sheet, _number, cells in rows for cell in cells):
            why = _("The form does not ask this (any more).")
            found.refused.append(Refused(first, neutral(key)[:60], why))
        return
    asked = question.asked
    width, sound, grid = max(1, len(asked.heads)), True, []
    for sheet, number, cells in rows:
        line = []
        for place, cell in enumerate(cells[:width]):
            value, why = _value(cell)
            if why:
                where = f"{sheet.title}!{get_column_letter(FIRST + place)}{number}"
                found.refused.append(Refused(where, str(question.label), why))
                sound = False
            line.append(value)
        grid.append(line)
    if not sound:
        return
    if all(value is None for line in grid for value in line):
        found.values[key], found.cells[key] = asked.empty, first
        return
    try:
        found.values[key], found.cells[key] = asked.read(grid), first
    except Unreadable as problem:
        where = _address_of(problem, question, rows) or first
        found.refused.append(Refused(where, str(question.label), sentence_of(problem)))


def _value(cell: Any) -> tuple[Any, str]:
    """What stands in a cell, and why it cannot be read."""
    value = cell.value
    if cell.data_type == "f" or (not isinstance(value, str | int | float | type(None)) and not cell.is_date):
        return None, _("A formula is not read: put its result there as a value.")
    if cell.data_type == "e":
        return None, _("The cell holds an error of the spreadsheet.")
    if isinstance(value, str):
        value = neutral(value)
        return (value if value.strip(" \n\t　") else None), ""
    return value, ""


def _address_of(problem: Unreadable, question: Question, rows: list[Any]) -> str:
    """The cell of a table in which the trouble is."""
    found = re.fullmatch(rf"{re.escape(question.name)}-(\d+)-(.+)", problem.entry or "")
    keys = [column["key"] for column in question.settings.get("columns", ())]
    if not found or int(found[1]) >= len(rows) or found[2] not in keys:
        return ""
    sheet, number, _cells = rows[int(found[1])]
    return f"{sheet.title}!{get_column_letter(FIRST + keys.index(found[2]))}{number}"


def _opened(content: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(it.file_size for it in archive.infolist())
            if unpacked > LARGEST_UNPACKED or len(archive.infolist()) > 2000:
                raise NoWorkbook(
                    N_("This file is larger inside than any form: take the file that you downloaded.")
                )
        return load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except NoWorkbook:
        raise
    except Exception as problem:
        raise NoWorkbook(N_("This is not an Excel workbook (.xlsx) that can be read.")) from problem


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None
