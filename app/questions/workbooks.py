"""A form as an Excel workbook, to be filled in somewhere behind a closed network: how it is written.

One sheet for each section, called by its number, so that 2!C5 is an address in the file. Column A holds the key of each
question (hidden), B its words, from C on stand the cells that take answers; these alone are unlocked. What the form
asked when the file was made, and a mark of each answer that it then held, lie in a sheet that nobody sees: so it is
known later what was changed in the file, and what was changed elsewhere meanwhile. It is read by workbook_reading.py.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import gettext as _

from app.lines import neutral
from app.questions import excel
from app.questions.definition import Definition, Question, Section
from app.questions.forms import condition_in_words
from app.questions.kind import Kind, Unreadable
from app.questions.kinds.table import Table
from app.questions.models import plain
from app.questions.sheet_rules import Rules
from app.seals import canonical
from app.web.sheets import DAY, LONGEST_TEXT, TEXT

FIRST = 3  # the column in which answers begin
ABOUT = "form"  # the sheet, hidden, that names the form, its version, and what was asked and answered
NOTED = "#"  # in the place of a key: a row of ours that takes no answer
EXACT = 15  # digits of a number that Excel keeps


@cache
def _fill() -> Any:
    return excel.PatternFill("solid", fgColor="FFF9E5")


@cache
def _line() -> Any:
    return excel.Border(*(excel.Side(style="thin", color="B3B3B3") for _ in range(4)))


@cache
def _top() -> Any:
    return excel.Alignment(wrap_text=True, vertical="top")


_LINE_HEIGHT, _HIGHEST = 18, 400  # points
_WIDTHS = {"B": 46, "C": 60}  # in characters of half width
_OF_A_TABLE = 24


@dataclass(frozen=True)
class Cover:
    """What the first sheet says of the file: a title, and facts as (what, which) in the words of whoever asks.

    `subject` is the id of what is answered about; None for a form that nobody has begun to fill in.
    """

    title: str
    facts: Sequence[tuple[str, str]] = ()
    template: int | None = None
    version: int | None = None
    subject: int | None = None


def workbook(
    form: Definition, values: Mapping[str, Any], cover: Cover, *, locked: Collection[str] = ()
) -> bytes:
    """The form as a file, filled with what is answered so far; what is `locked` can be read, not changed."""
    book = excel.Workbook()
    guide = book.active
    guide.title = _("Read first")
    about, rules = book.create_sheet(ABOUT), Rules(book)
    about.sheet_state = "hidden"
    for fact in (("template", cover.template), ("version", cover.version), ("subject", cover.subject)):
        about.append(fact)
    for number, section in enumerate(form.sections, start=1):
        sheet = book.create_sheet(str(number))
        _Sheet(sheet, form, rules, locked).write(number, section, values)
    for question in form.questions.values():
        asked = question.asked
        before = mark_of(as_read(asked, values.get(question.key, asked.empty)))
        about.append(("question", question.key, question.kind, " ".join(columns_of(question)), before))
    _guide(guide, form, cover)
    book.move_sheet(about, len(form.sections))
    rules.close()
    for sheet in book.worksheets:
        _protect(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def columns_of(question: Question) -> list[str]:
    """The keys of a table's columns; of any other question none."""
    asked = question.asked
    return [column.key for column in asked.asked_in] if isinstance(asked, Table) else []


def mark_of(value: Any) -> str:
    """What tells an answer from another one."""
    return hashlib.sha256(canonical(plain(value))).hexdigest()[:16]


def as_read(asked: Kind, value: Any) -> Any:
    """What a workbook that holds this answer gives back: a cell tells less of some than what is kept."""
    if asked.sends_files:
        return value
    grid = [[_as_put(cell) for cell in row] for row in asked.cells(value)]
    if all(cell is None for row in grid for cell in row):
        return asked.empty
    try:
        return plain(asked.read(grid))
    except Unreadable:
        return value


def _as_put(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        if len(value.as_tuple().digits) > EXACT:
            return str(value)
        return int(value) if value == value.to_integral_value() else float(value)
    return neutral(excel.ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value


class _Sheet:
    """The sheet of one section while it is written."""

    def __init__(self, sheet: Any, form: Definition, rules: Rules, locked: Collection[str]) -> None:
        self.sheet, self.form, self.rules, self.locked = sheet, form, rules, locked

    def write(self, number: int, section: Section, values: Mapping[str, Any]) -> None:
        sheet = self.sheet
        sheet.column_dimensions["A"].hidden = True
        for letter, width in _WIDTHS.items():
            sheet.column_dimensions[letter].width = width
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
        sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
        _put(sheet["B1"], f"{number} {section.label}")
        sheet["B1"].font = excel.Font(bold=True, size=14)
        if section.help:
            _put(sheet["B2"], str(section.help))
            sheet["B2"].alignment = _top()
        row = 3
        for question in section.questions:
            row = self._question(row, question, values.get(question.key, question.asked.empty))

    def _question(self, row: int, question: Question, value: Any) -> int:
        """One question from `row` on; the row after it."""
        asked = question.asked
        grid, heads = asked.cells(value), asked.heads
        why_not = self._why_not(question, grid)
        self._words(row, question, why_not)
        if heads:
            self.sheet.cell(row, 1, NOTED)
            for place, head in enumerate(heads):
                cell = self.sheet.cell(row, FIRST + place)
                _put(cell, head)
                cell.font, cell.alignment = excel.Font(bold=True), _top()
            row += 1
        width, rows = max(1, len(heads)), len(grid) if why_not else max(asked.rows(), len(grid))
        for line in range(max(rows, 1)):
            self.sheet.cell(row, 1, NOTED if why_not else question.key)
            for place in range(width):
                cell = self.sheet.cell(row, FIRST + place)
                _put(cell, grid[line][place] if line < len(grid) and place < len(grid[line]) else None)
                cell.border, cell.alignment = _line(), _top()
                letter = excel.get_column_letter(FIRST + place)
                if width > 1:
                    there = self.sheet.column_dimensions[letter].width
                    self.sheet.column_dimensions[letter].width = max(there if place == 0 else 0, _OF_A_TABLE)
                if not why_not:
                    cell.protection, cell.fill = excel.Protection(locked=False), _fill()
                    self.rules.apply(cell, asked, place)
            row += 1
        return row + 1

    def _why_not(self, question: Question, grid: list[list[Any]]) -> str:
        """Why its cells take no answer; empty when they do."""
        if question.asked.sends_files:
            return _("Files are not in this workbook: attach them on the page of this question.")
        if question.key in self.locked:
            return _("This cannot be changed now.")
        if any(isinstance(cell, str) and len(cell) > LONGEST_TEXT for row in grid for cell in row):
            return _(
                "This answer is longer than what a cell can hold, and is not whole here: change it on its page."
            )
        return ""

    def _words(self, row: int, question: Question, why_not: str) -> None:
        cell = self.sheet.cell(row, 2)
        more = [str(question.help), question.asked.hint, why_not]
        if question.condition:
            more.append(condition_in_words(self.form, question))
        lines = [_cleaned(it) for it in more if it]
        name = _cleaned(f"{question.label}{' ※' if question.required else ''}")
        parts: list[Any] = [excel.TextBlock(excel.InlineFont(b=True), name)]
        cell.value = excel.CellRichText([*parts, "\n" + "\n".join(lines)] if lines else parts)
        cell.alignment = _top()
        asked_rows = int(question.settings.get("rows", 0)) if not question.asked.heads else 0
        wanted = max(asked_rows, 1 + sum(1 + len(line) * 2 // _WIDTHS["B"] for line in lines))
        self.sheet.row_dimensions[row].height = min(_HIGHEST, _LINE_HEIGHT * wanted)


def _guide(sheet: Any, form: Definition, cover: Cover) -> None:
    """The first sheet: what the file is, how it is filled in, what is on which sheet."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90
    _put(sheet["A1"], cover.title)
    sheet["A1"].font = excel.Font(bold=True, size=14)
    row = 3
    for name, text in cover.facts:
        _put(sheet.cell(row, 1), name)
        _put(sheet.cell(row, 2), text)
        row += 1
    row += 1
    for text in _how_to():
        _put(sheet.cell(row, 2), text)
        sheet.cell(row, 2).alignment = _top()
        row += 1
    row += 1
    for number, section in enumerate(form.sections, start=1):
        cell = sheet.cell(row, 1)
        _put(cell, _("Sheet %(number)s", number=number))
        cell.hyperlink, cell.font = f"#'{number}'!C3", excel.Font(underline="single", color="0017C1")
        _put(sheet.cell(row, 2), str(section.label))
        row += 1


def _how_to() -> list[str]:
    return [
        _("Write in the yellow cells; all others are locked. What is marked ※ is required to hand in."),
        _("A date may be written as 2023-03-31, R5.3.31 or 令和5年3月31日, a number in half or full width."),
        _("Formulas, links to other files and macros are not read: put the result there as a value."),
        _("Do not merge cells. Rows of a table may be left empty."),
        _("Files are not in this workbook: they are attached on the page of their question."),
        _(
            "Then upload this file on the page of the application. Nothing is saved before you have seen what changes."
        ),
    ]


def _protect(sheet: Any) -> None:
    """Locked without a password: it keeps from slips. How wide and high cells are shown is everybody's own."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # not forbidden


def _put(cell: Any, value: Any) -> None:
    value = _as_put(value)
    if value is None:
        return
    if isinstance(value, str):
        cell.value = value[:LONGEST_TEXT]
        cell.data_type, cell.number_format = "s", TEXT  # never a formula
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = DAY


def _cleaned(text: str) -> str:
    return neutral(excel.ILLEGAL_CHARACTERS_RE.sub("", text))
