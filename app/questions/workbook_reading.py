"""A workbook as it comes back: read cell by cell, or refused with the address and the reason.

A row that was moved is found by the key in its column A, a column of a table by what the file says that it asked when
it was made. Nothing is guessed. How a file that somebody made is opened: workbook_opening.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.lifecycle import N_
from app.lines import neutral
from app.questions import excel
from app.questions.definition import Definition, Question
from app.questions.kind import Unreadable, Upload
from app.questions.models import plain
from app.questions.sheet_rules import CHOICES
from app.questions.workbook_opening import (
    LARGEST,
    MOST_COLUMNS,
    MOST_ROWS,
    NoWorkbook,
    merged_on,
    open_workbook,
)
from app.questions.workbooks import ABOUT, FIRST, NOTED, columns_of
from app.web.i18n import sentence_of

__all__ = ["LARGEST", "MOST_ROWS", "Found", "NoWorkbook", "Read", "Refused", "read_workbook"]

MOST_QUESTIONS = 2_000
MOST_REFUSED = 300
_NOT_OURS = N_(
    "This workbook is not a form that was downloaded here: nothing in it says which form it is. Download the form, and "
    "fill that file in."
)


@dataclass(frozen=True)
class Refused:
    """A cell that was not read, and why; `key` is its question's, empty where it belongs to none."""

    cell: str  # sheet!address, as in 2!C5
    key: str
    msgid: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def why(self) -> str:
        return sentence_of(self)


@dataclass(frozen=True)
class Found:
    """What stands in a workbook for one question.

    `rows` are the addresses of its rows, as (sheet, row), those with something in them first; `letters` the column of each
    of its cells, "" for one that the file does not have; `before` the mark of the answer that it held when it was made.
    """

    value: Any
    rows: tuple[tuple[str, int], ...]
    letters: tuple[str, ...]
    before: str = ""

    def address(self, row: int = 0, place: int = 0) -> str:
        sheet, number = self.rows[min(row, len(self.rows) - 1)]
        letter = self.letters[place] if place < len(self.letters) else ""
        return f"{sheet}!{letter or excel.get_column_letter(FIRST)}{number}"


@dataclass
class Read:
    """A workbook: which form it is, what stands in it by the keys of the questions, and what was refused."""

    template: int | None = None
    version: int | None = None
    subject: int | None = None
    found: dict[str, Found] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        return {key: found.value for key, found in self.found.items()}

    def refuse(self, cell: str, key: str, msgid: str, **values: Any) -> None:
        if len(self.refused) >= MOST_REFUSED:
            raise NoWorkbook(
                N_(
                    "More than %(most)s cells of this file cannot be read: take the file that you downloaded."
                ),
                most=MOST_REFUSED,
            )
        self.refused.append(Refused(cell, key, msgid, values))


@dataclass(frozen=True)
class _Asked:
    """What the form asked under a key when the file was made."""

    kind: str
    columns: tuple[str, ...]
    before: str


@dataclass(frozen=True)
class _Line:
    sheet: str
    number: int
    cells: list[Any]
    merged: frozenset[int]  # columns whose cell is within another one's


def read_workbook(form: Definition, upload: Upload) -> Read:
    """What a workbook of this form, or of an earlier version of it, answers. Raises NoWorkbook."""
    return open_workbook(upload, lambda book, merged: _read(form, book, merged))


def _read(form: Definition, book: Any, merged: dict[str, Any]) -> Read:
    if ABOUT not in book.sheetnames:
        raise NoWorkbook(_NOT_OURS)
    read, asked_then = _about(book[ABOUT])
    if read.template is None or read.version is None:
        raise NoWorkbook(_NOT_OURS)
    lines: dict[str, list[_Line]] = {}
    for sheet in book.worksheets:
        if sheet.title not in (ABOUT, CHOICES):
            for key, line in _lines(sheet, merged_on(sheet, merged), read):
                lines.setdefault(key, []).append(line)
    for key, of_question in lines.items():
        _read_question(form, key, of_question, asked_then.get(key), read)
    return read


def _about(sheet: Any) -> tuple[Read, dict[str, _Asked]]:
    sheet.reset_dimensions()
    read, asked = Read(), {}
    for row in sheet.iter_rows(max_row=MOST_QUESTIONS, max_col=5, values_only=True):
        name, *rest = [*row, *[None] * 5][:5]
        if name in ("template", "version", "subject"):
            setattr(read, name, rest[0] if type(rest[0]) is int else None)
        elif name == "question" and isinstance(rest[0], str):
            kind, columns, before = (str(it or "") for it in rest[1:4])
            asked[rest[0]] = _Asked(kind, tuple(columns.split()), before)
    return read, asked


def _lines(sheet: Any, merged: list[Any], read: Read) -> Iterator[tuple[str, _Line]]:
    """The rows that hold a question's key, with it. What was written beside the rows of the form is refused."""
    sheet.reset_dimensions()
    is_ours = False
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS), start=1):
        key = cells[0].value if cells else None
        here = list(cells[FIRST - 1 :])
        if isinstance(key, str) and key:
            is_ours = True
            if key != NOTED:
                within = frozenset(
                    column - FIRST
                    for left, top, right, bottom in merged
                    if top <= number <= bottom
                    for column in range(max(left, FIRST), min(right, FIRST + MOST_COLUMNS) + 1)
                    if (column, number) != (left, top)
                )
                yield key, _Line(sheet.title, number, here, within)
        elif is_ours:
            for place, cell in enumerate(here):
                if cell.value is not None and str(cell.value).strip(" \n\t　"):
                    where = f"{sheet.title}!{excel.get_column_letter(FIRST + place)}{number}"
                    read.refuse(where, "", N_("This row belongs to no question: write in the yellow cells."))


def _read_question(form: Definition, key: str, lines: list[_Line], then: _Asked | None, read: Read) -> None:
    question = form.questions.get(key)
    columns = then.columns if then and then.columns else ()
    if question is None or question.asked.sends_files or (then and then.kind != question.kind):
        why = N_("The form does not ask this (any more).")
        if question is not None:
            why = N_("The form asks this otherwise now: answer it on its page, or download the form again.")
        _refuse_all(key, lines, max(1, len(columns), 2), why, read)
        return
    places = _places(question, columns)
    rows = [it for it in (_line(question, places, line, read) for line in lines) if it is not None]
    if len(rows) < len(lines):
        return
    filled = [place for place, row in enumerate(rows) if any(cell is not None for cell in row)]
    if not question.asked.heads and len(filled) > 1:
        _refuse_all(key, lines, 1, N_("This question has more than one row: leave one of them."), read)
        return
    order = [*filled, *(place for place in range(len(rows)) if place not in set(filled))]
    letters = [""] * max(1, len(question.asked.heads))
    for place, to in enumerate(places):
        if to is not None:
            letters[to] = excel.get_column_letter(FIRST + place)
    addresses = tuple((lines[place].sheet, lines[place].number) for place in order)
    found = Found(question.asked.empty, addresses, tuple(letters), then.before if then else "")
    if filled:
        try:
            value = plain(question.asked.read([rows[place] for place in filled]))
        except Unreadable as problem:
            where = address_of(getattr(problem, "entry", ""), question, found)
            read.refuse(where, key, problem.msgid, **problem.values)
            return
        found = Found(value, found.rows, found.letters, found.before)
    read.found[key] = found


def _places(question: Question, columns: tuple[str, ...]) -> list[int | None]:
    """For each column of the file which cell of the question it is; None for one that is not asked any more."""
    now = columns_of(question)
    if not now or not columns:
        return list(range(max(1, len(question.asked.heads))))
    return [now.index(it) if it in now else None for it in columns]


def _line(question: Question, places: list[int | None], line: _Line, read: Read) -> list[Any] | None:
    """The cells of a row in the order in which they are asked now; None when any was refused."""
    row: list[Any] = [None] * max(1, len(question.asked.heads))
    sound = True
    for place, to in enumerate(places):
        value, why = _value(line.cells[place]) if place < len(line.cells) else (None, "")
        if place in line.merged:
            value, why = None, N_("This cell is merged with another one: undo that, and write in each cell.")
        elif to is None and value is not None:
            why = N_("The form does not ask this (any more).")
        if why:
            where = f"{line.sheet}!{excel.get_column_letter(FIRST + place)}{line.number}"
            read.refuse(where, question.key, why)
            sound = sound and to is None  # what is not asked any more keeps nothing else from being read
        if to is not None:
            row[to] = value
    return row if sound else None


def _refuse_all(key: str, lines: list[_Line], width: int, why: str, read: Read) -> None:
    for line in lines:
        for place, cell in enumerate(line.cells[:width]):
            if cell.value is not None:
                where = f"{line.sheet}!{excel.get_column_letter(FIRST + place)}{line.number}"
                read.refuse(where, neutral(key)[:60], why)


def _value(cell: Any) -> tuple[Any, str]:
    """What stands in a cell, and why it cannot be read."""
    value = cell.value
    if cell.data_type == "e":
        return None, N_("The cell holds an error of the spreadsheet.")
    if cell.data_type == "f" or (not isinstance(value, str | int | float | type(None)) and not cell.is_date):
        return None, N_("A formula is not read: put its result there as a value.")
    if isinstance(value, str):
        value = neutral(value)
        return (value if value.strip(" \n\t　") else None), ""
    return value, ""


def address_of(entry: str, question: Question, found: Found) -> str:
    """The cell of an entry of the page, in which there is trouble; the first where nobody can tell."""
    keys = columns_of(question)
    named = re.fullmatch(rf"{re.escape(question.name)}-(\d+)-(.+?)(-\d+)?", entry or "")
    if named and int(named[1]) < len(found.rows):
        key = next((it for it in (f"{named[2]}{named[3] or ''}", named[2]) if it in keys), None)
        if key is not None:
            return found.address(int(named[1]), keys.index(key))
    names = question.asked.names
    return found.address(0, names.index(entry) if not keys and entry in names else 0)
