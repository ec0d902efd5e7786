"""A workbook as it comes back: read cell by cell, or refused with the address and the reason.

A row that was moved is found by the key in its column A, a column of a table by what the file says that it asked when
it was made. Nothing is guessed, no formula is computed, nothing outside of the file is opened. It is read in a stream, so
that a file made to be stumbled over (app/questions/archives.py refuses most) costs no more than an honest one.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from app.explained import Explained
from app.lifecycle import N_
from app.lines import neutral
from app.questions import excel
from app.questions.archives import MACRO_NAMES
from app.questions.definition import Definition, Question
from app.questions.files import EXCEL, clean_name, kind_of
from app.questions.kind import Unreadable, Upload
from app.questions.models import plain
from app.questions.sheet_rules import CHOICES
from app.questions.workbooks import ABOUT, FIRST, NOTED, columns_of
from app.web.i18n import sentence_of

LARGEST = 20 * 1024 * 1024  # bytes, of the file and of all that is in it
MOST_ROWS = 9_999  # of a sheet; some programs name the very last row, with nothing in it
MOST_COLUMNS, MOST_CELLS, MOST_SHEETS = 100, 200_000, 200
MOST_QUESTIONS = 2_000
MOST_MERGED = 2_000
MOST_REFUSED = 300
_CELL = re.compile(rb"<c[ >/]")
_FAR_BELOW = re.compile(
    rb'<c\s[^>]*?r="[A-Z]{1,3}\d{5,}"[^>/]*>'
)  # a cell with something in it, below MOST_ROWS
_MERGED = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_LARGER = N_("This file is larger inside than any form: take the file that you downloaded.")
_UNREADABLE = N_(
    "This is not an Excel workbook (.xlsx) that can be read. Save it in Excel as .xlsx, then upload it."
)
_NOT_OURS = N_(
    "This workbook is not a form that was downloaded here: nothing in it says which form it is. Download the form, and "
    "fill that file in."
)


class NoWorkbook(Unreadable):
    """A file that is not read at all."""


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
    _refuse_others(upload)
    try:
        merged = _merged_in(upload)
        upload.content.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not know of a file is none of ours
            book = excel.load_workbook(upload.content, read_only=True, data_only=False, keep_links=False)
            return _read(form, book, merged)
    except NoWorkbook:
        raise
    # Whatever openpyxl stumbles over in a file that was made to be stumbled over.
    except Exception as problem:
        raise NoWorkbook(_UNREADABLE) from problem


def _refuse_others(upload: Upload) -> None:
    """By its name and its bytes: what is no workbook, holds macros, or was made to be stumbled over."""
    name = clean_name(upload.name)
    suffix = PurePath(name).suffix.lower()
    if suffix in MACRO_NAMES:
        raise NoWorkbook(
            N_(
                "“%(name)s” may hold macros. Save it in Excel as a workbook without them (.xlsx), then upload that."
            ),
            name=name,
        )
    if name and suffix not in EXCEL.suffixes:
        raise NoWorkbook(_UNREADABLE)
    try:
        kind_of(name, upload.content, LARGEST)
    except Unreadable as problem:
        raise NoWorkbook.of(problem) from problem


def _merged_in(upload: Upload) -> dict[str, list[tuple[int, int, int, int]]]:
    """Where cells are merged, by the part of the file; refuses one that holds more than any form."""
    merged: dict[str, list[tuple[int, int, int, int]]] = {}
    upload.content.seek(0)
    with zipfile.ZipFile(upload.content) as archive:
        if sum(it.file_size for it in archive.infolist()) > LARGEST:
            raise NoWorkbook(_LARGER)
        cells = 0
        for it in archive.infolist():
            content = archive.read(it)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise NoWorkbook(_UNREADABLE)
            cells += len(_CELL.findall(content))
            ranges = _MERGED.findall(content)
            if cells > MOST_CELLS or len(ranges) > MOST_MERGED or _FAR_BELOW.search(content):
                raise NoWorkbook(_LARGER)
            merged[it.filename] = [excel.range_boundaries(ref.decode()) for ref in ranges]
    return merged


def _read(form: Definition, book: Any, merged: dict[str, Any]) -> Read:
    if len(book.sheetnames) > MOST_SHEETS:
        raise NoWorkbook(_LARGER)
    if ABOUT not in book.sheetnames:
        raise NoWorkbook(_NOT_OURS)
    if book.epoch != excel.WINDOWS_EPOCH:
        raise NoWorkbook(
            N_(
                "This workbook counts its days from 1904 (an option of Excel). Switch that off, then upload it again."
            )
        )
    read, asked_then = _about(book[ABOUT])
    if read.template is None or read.version is None:
        raise NoWorkbook(_NOT_OURS)
    lines: dict[str, list[_Line]] = {}
    for sheet in book.worksheets:
        if sheet.title not in (ABOUT, CHOICES):
            part = sheet._worksheet_path  # noqa: SLF001 (openpyxl says it nowhere else)
            for key, line in _lines(sheet, merged.get(part, []), read):
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
            where = _address_of(problem, question, found)
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


def _address_of(problem: Explained, question: Question, found: Found) -> str:
    """The cell in which the trouble is; the first where nobody can tell."""
    entry, keys = getattr(problem, "entry", ""), columns_of(question)
    named = re.fullmatch(rf"{re.escape(question.name)}-(\d+)-(.+)", entry or "")
    if named and named[2] in keys and int(named[1]) < len(found.rows):
        return found.address(int(named[1]), keys.index(named[2]))
    names = question.asked.names
    return found.address(0, names.index(entry) if not keys and entry in names else 0)
