"""What a table of indicators says, row by row: read before anybody asks what it would change. Nothing is guessed.

Notes and blank rows are passed over and named; a cell that cannot be read is refused with its address and the reason.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from app.calendar import era_short
from app.kpis import headings
from app.kpis.headings import ACTUAL, DIRECTION, NAME, NOTE, VALUES, Heading, Headings
from app.kpis.models import DOWN, UP
from app.kpis.sheets import Sheet, sheets_of
from app.kpis.values import read_value
from app.kpis.words import LONGEST
from app.lifecycle import N_
from app.questions.kind import Upload
from app.questions.workbook_opening import NoWorkbook
from app.web.i18n import sentence_of
from app.widths import plain

MOST_ROWS, MOST_REFUSED = 1_000, 500
LONGEST_OF = {headings.INITIATIVE: 200, headings.CATEGORY: 100, NAME: 300, headings.UNIT: 30, NOTE: 1000}
WORDS_OF_UP = ("増", "上", "高", "up", "↑", "↗", "向上")
WORDS_OF_DOWN = ("減", "下", "低", "down", "↓", "↘", "縮小")
MARKS_OF_NOTES = ("※", "注", "(注", "*", "出典", "資料", "備考", "(出典", "(資料")

NO_TABLE = N_(
    "No column of this file is headed 指標. Head the columns 区分, 指標, 単位, 基準値, 目標値 and 実績値 with their years."
)
NO_VALUES = N_(
    "Beside the indicators this table has no column headed 基準値, 目標値 or 実績値 with its year."
)
NO_ROWS = N_("Below its headings this table has no row with an indicator.")
NAMELESS = N_("This row has values and no indicator.")
OTHER_YEAR = N_("This cell names %(entry)s, and its column %(column)s.")
YEARLESS = N_("Neither this cell nor its column names a fiscal year.")
MERGED = N_("This cell is merged with another one: undo that, and write in each cell.")
TOO_LONG = N_("This text is longer than %(max)s characters.")
NO_DIRECTION = N_("This says neither that up is good (増加, 上) nor that down is (減少, 下).")
MORE = N_("More than %(most)s cells of this file cannot be read. Leave in it what is to be read.")
LARGE = N_("A table of at most %(most)s rows is read at once. Divide it.")
NOTE_ROW = N_("A note")
NO_HEADINGS = N_("No headings")
UNKNOWN_HEADING = N_("This column is not read.")


@dataclass(frozen=True)
class Said:
    """A cell that says something of an indicator; `year` is the fiscal year that it is of."""

    text: str
    cell: str
    year: int | None = None


@dataclass(frozen=True)
class Row:
    """An indicator as a file has it: what each column says, by its role. What the file has no column for is not in it."""

    cell: str
    texts: dict[str, Said]
    actuals: tuple[Said, ...] = ()

    def text(self, role: str) -> str:
        return self.texts[role].text if role in self.texts else ""


@dataclass(frozen=True)
class Refusal:
    """A cell, what was asked of it in vain, and why (a msgid with its values)."""

    cell: str
    text: str
    msgid: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def why(self) -> str:
        return sentence_of(self)


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    passed: list[Refusal] = field(
        default_factory=list
    )  # notes, columns that say nothing to us, sheets without a table

    def refuse(self, cell: str, text: str, msgid: str, **values: Any) -> None:
        if len(self.refused) >= MOST_REFUSED:
            raise NoWorkbook(MORE, most=MOST_REFUSED)
        self.refused.append(Refusal(cell, text[:LONGEST], msgid, values))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Table:
        rows = [
            Row(
                it["cell"],
                {role: Said(**entry) for role, entry in it["texts"].items()},
                tuple(Said(**entry) for entry in it["actuals"]),
            )
            for it in stored["rows"]
        ]
        return cls(rows, *([Refusal(**it) for it in stored[name]] for name in ("refused", "passed")))


def read_table(upload: Upload, *, across: bool) -> Table:
    """`across`: about several projects, each row names its own. Raises NoWorkbook for a file without indicators."""
    table = Table()
    found = False
    for sheet in sheets_of(upload):
        heads = headings.headings_of(sheet, across=across)
        if heads is None:
            if any(cell.text for row in sheet.rows for cell in row):
                table.passed.append(Refusal(sheet.name, "", NO_HEADINGS))
            continue
        found = True
        _read_sheet(sheet, heads, table)
    if not found:
        raise NoWorkbook(NO_TABLE)
    if not table.rows and not table.refused:
        raise NoWorkbook(NO_ROWS)
    return table


def _read_sheet(sheet: Sheet, heads: Headings, table: Table) -> None:
    table.passed += [Refusal(it.cell, it.words, UNKNOWN_HEADING) for it in heads.unread]
    for cell, msgid in heads.refused:
        table.refuse(cell, "", msgid)
    if not any(heads.has(role) for role in VALUES):
        table.refuse(heads.of(NAME)[0].cell, heads.of(NAME)[0].words, NO_VALUES)
        return
    if heads.refused:
        return
    for number in range(heads.first, len(sheet.rows) + 1):
        row = _row(sheet, number, heads, table)
        if row is not None:
            table.rows.append(row)
        if len(table.rows) > MOST_ROWS:
            raise NoWorkbook(LARGE, most=MOST_ROWS)


def _row(sheet: Sheet, number: int, heads: Headings, table: Table) -> Row | None:
    written = [cell for cell in sheet.rows[number - 1] if cell.text or cell.why]
    name = heads.of(NAME)[0]
    if not written:
        return None
    here = sheet.at(number, name.column)
    named = sheet.filled(number, name.column)
    if _is_note(written[0], len(written)) or (
        not named.text and len(written) == 1 and not _is_value(sheet, number, heads)
    ):
        table.passed.append(Refusal(sheet.address(number, 1), written[0].text[:LONGEST], NOTE_ROW))
        return None
    if here.why:
        table.refuse(sheet.address(number, name.column), "", here.why)
        return None
    if not named.text:
        if _is_value(sheet, number, heads):
            table.refuse(sheet.address(number, name.column), "", NAMELESS)
        else:
            table.passed.append(Refusal(sheet.address(number, 1), written[0].text[:LONGEST], NOTE_ROW))
        return None
    texts = {
        it.role: entry
        for it in heads.columns
        if it.role != ACTUAL and (entry := _said(sheet, number, it, table))
    }
    actuals = tuple(
        entry for it in heads.of(ACTUAL) if (entry := _said(sheet, number, it, table)) and entry.text
    )
    return Row(sheet.address(number, name.column), texts, actuals)


def _is_note(first: Any, count: int) -> bool:
    """A row that begins with the mark of a note, or that is one cell over several columns."""
    text = plain(first.text, 4000).lstrip() if first.text else ""
    return text.startswith(MARKS_OF_NOTES) or (first.wide and count == 1)


def _is_value(sheet: Sheet, number: int, heads: Headings) -> bool:
    return any(sheet.at(number, it.column).text for it in heads.columns if it.role in VALUES)


def _said(sheet: Sheet, number: int, head: Heading, table: Table) -> Said | None:
    """What a cell says; None for one that was refused. Names may stand once for several rows, a value for one alone."""
    cell, where = sheet.at(number, head.column), sheet.address(number, head.column)
    corner = sheet.filled(number, head.column)
    if corner.why:
        table.refuse(where, corner.text, corner.why)
        return None
    if head.role in VALUES and cell.corner != (number, head.column) and corner.text:
        table.refuse(where, corner.text, MERGED)
        return None
    text = " ".join(corner.text.split()) if head.role != NOTE else corner.text
    most = LONGEST_OF.get(head.role, LONGEST)
    if len(text) > most:
        table.refuse(where, text, TOO_LONG, max=most)
        return None
    if head.role == DIRECTION and text and direction_of(text) is None:
        table.refuse(where, text, NO_DIRECTION)
        return None
    if head.role not in VALUES or not text:
        return Said(text, where, head.year)
    return _of_a_year(text, where, head, table)


def _of_a_year(text: str, where: str, head: Heading, table: Table) -> Said | None:
    named = read_value(text).year
    if named is not None and head.year is not None and named != head.year:
        table.refuse(where, text, OTHER_YEAR, entry=era_short(named), column=era_short(head.year))
        return None
    year = head.year if head.year is not None else named
    if head.role == ACTUAL and year is None:
        table.refuse(where, text, YEARLESS)
        return None
    return Said(text, where, year)


def direction_of(text: str) -> str | None:
    """up or down by the words of a column; None where they say neither, or both."""
    words = plain(text, LONGEST).lower()
    up, down = any(it in words for it in WORDS_OF_UP), any(it in words for it in WORDS_OF_DOWN)
    return None if up == down else UP if up else DOWN
