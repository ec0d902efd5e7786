"""What the columns of a table of indicators are, by the words above them: in one row or in up to three, merged or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.kpis.sheets import Sheet
from app.kpis.values import fiscal_year_of
from app.lifecycle import N_
from app.widths import TooLong, plain

NUMBER, BODY, INITIATIVE, CATEGORY, NAME, UNIT = "number", "body", "initiative", "category", "name", "unit"
DIRECTION, BASELINE, TARGET, ACTUAL, NOTE = "direction", "baseline", "target", "actual", "note"
MOST_ABOVE, MOST_DEEP = 30, 3  # rows above the headings; rows of headings
TWICE = N_("Two columns are headed so: leave one of them.")
TWO_TARGETS = N_("Several columns are headed as targets: head the one that counts “最終目標値”.")
LONGEST = 300

NO_VALUE = (
    r"達成|進捗|(?<!業績)評価(?!指標)|前年|増減率|evaluation"  # derived from what we read, or no value at all
)
ROLES = (  # (what it is, the words of its heading); the first that fits counts
    ("", NO_VALUE),
    (NAME, r"(?:重要業績)?(?:評価)?指標(?:名|名称|項目)?\)?(?:\(?kpi\)?)?$|^kpi(?:名|指標)?$|^indicator$"),
    (DIRECTION, r"方向|望ましい|^direction$"),
    (UNIT, r"^単位$|^unit$"),
    (NOTE, r"備考|注記|摘要|^(?:note|remark)s?$"),
    (BASELINE, r"基準|現状|当初|策定時|baseline"),
    (TARGET, r"目標|target"),
    (ACTUAL, r"実績|actual"),
    (CATEGORY, r"区分|分類|種別|^(?:kpi_?)?(?:class|category)$"),
    (BODY, r"団体|自治体|市区?町村|^(?:body|municipality)$"),
    (NUMBER, r"^(?:事業|一覧|案件|プロジェクト)(?:番号|no\.?)$|^project_?(?:no\.?|number)$"),
    (INITIATIVE, r"^(?:個別)?(?:事業|取組|取り組み|施策|プロジェクト)(?:名|名称)?$|^(?:initiative|project)$"),
)
ONLY_ACROSS = (
    r"^(?:no\.?|番号|#)$"  # numbers the rows in a table about one project, the projects in one about several
)
YEARS = re.compile(
    r"(?:令和|平成|(?<![a-z])[rh])(?:元|\d{1,2})(?!\d|[./]\d|年\d{1,2}月)|(?<!\d)(?:19|20)\d\d(?!\d|[./]\d|年\d{1,2}月)",
    re.IGNORECASE,
)
VALUES = (BASELINE, TARGET, ACTUAL)


@dataclass(frozen=True)
class Heading:
    """A column that is read: what it is, of which fiscal year, and where and how it is headed."""

    column: int
    role: str
    year: int | None
    words: str
    cell: str


@dataclass(frozen=True)
class Headings:
    columns: list[Heading]
    unread: list[Heading]  # headed with words that say nothing to us
    refused: list[tuple[str, str]]  # cell, msgid
    first: int  # the first row below them

    def of(self, role: str) -> list[Heading]:
        return [it for it in self.columns if it.role == role]

    def has(self, role: str) -> bool:
        return bool(self.of(role))


def headings_of(sheet: Sheet, *, across: bool) -> Headings | None:
    """The headings of a sheet; None where nothing on it is headed as an indicator."""
    top = next((row for row in range(1, MOST_ABOVE + 1) if _names(sheet, row)), None)
    if top is None:
        return None
    start = _start(sheet, top)
    last = _last(sheet, top)
    found = list(_columns(sheet, start, last, across))
    read = [it for it in found if it.role]
    refused = list(_doubles(read))
    if finals := [it for it in read if it.role == TARGET and "最終" in it.words]:
        left_out = [it for it in read if it.role == TARGET and it not in finals]
        read = [it for it in read if it not in left_out]
        found = [
            it if it not in left_out else Heading(it.column, "", None, it.words, it.cell) for it in found
        ]
    if len(targets := [it for it in read if it.role == TARGET]) > 1:
        refused += [(it.cell, TWO_TARGETS) for it in targets]
    return Headings(read, [it for it in found if not it.role], refused, last + 1)


def role_of(words: str, *, across: bool) -> str:
    text = _plain(words)
    if across and re.search(ONLY_ACROSS, text):
        return NUMBER
    return next((role for role, pattern in ROLES if re.search(pattern, text)), "")


def year_of(words: str) -> int | None:
    """The one fiscal year that a heading names; None where it names none, or several."""
    years = {_year(it) for it in YEARS.findall(_plain(words))}
    return years.pop() if len(years) == 1 else None


def _year(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 4 else fiscal_year_of(text)


def _names(sheet: Sheet, row: int) -> bool:
    """Whether a cell of this row heads the indicators, by itself, not as the name of a group of columns."""
    return any(
        role_of(cell.text, across=False) == NAME and not cell.wide
        for cell in (sheet.rows[row - 1] if row <= len(sheet.rows) else [])
        if cell.text
    )


def _start(sheet: Sheet, top: int) -> int:
    """The row in which the headings begin: above the one that names the indicators, where groups of columns are named."""
    above = top
    while (
        above > 1 and top - above < MOST_DEEP - 1 and sum(bool(it.text) for it in sheet.rows[above - 2]) > 1
    ):
        above -= 1
    return above


def _last(sheet: Sheet, top: int) -> int:
    """The last row of the headings: below, the names of groups are divided by years."""
    column = next(
        number
        for number in range(1, len(sheet.rows[top - 1]) + 1)
        if role_of(sheet.at(top, number).text, across=False) == NAME and not sheet.at(top, number).wide
    )
    row = top
    while row - top < MOST_DEEP - 1 and _goes_on(sheet, row + 1, column):
        row += 1
    return row


def _goes_on(sheet: Sheet, row: int, column: int) -> bool:
    if row > len(sheet.rows):
        return False
    below = sheet.at(row, column)
    if below.corner != (row, column):
        return True  # the heading of the indicators is merged over this row too
    texts = [cell.text for cell in sheet.rows[row - 1] if cell.text]
    headed = [it for it in texts if year_of(it) is not None or role_of(it, across=False) in VALUES]
    return not below.text and bool(headed) and len(headed) * 2 >= len(texts)


def _columns(sheet: Sheet, start: int, last: int, across: bool) -> Iterator[Heading]:
    width = max(len(sheet.rows[row - 1]) for row in range(start, last + 1))
    carried = dict.fromkeys(range(start, last + 1), "")
    for column in range(1, width + 1):
        parts: list[str] = []
        lowest = sheet.address(last, column)
        below = sheet.filled(last, column).text if last > start else ""
        for row in range(start, last + 1):
            text = sheet.filled(row, column).text
            if not text and row < last and below and _divides(below):
                text = carried[
                    row
                ]  # a file without merged cells: the group is named once, at its first column
            carried[row] = text or (carried[row] if below and _divides(below) else "")
            if text and text not in parts:
                parts.append(text)
                lowest = sheet.address(row, column)
        if parts:
            yield _heading(column, parts, lowest, across)


def _divides(text: str) -> bool:
    return year_of(text) is not None or role_of(text, across=False) in VALUES


def _heading(column: int, parts: list[str], cell: str, across: bool) -> Heading:
    """The words right above the column count most; where they say too little, those of its group too."""
    words = " ".join(parts)
    own = (role_of(part, across=across) for part in reversed(parts))
    role = "" if re.search(NO_VALUE, _plain(parts[-1])) else next((it for it in own if it), "")
    year = (
        next((it for it in map(year_of, reversed(parts)) if it is not None), None) if role in VALUES else None
    )
    return Heading(column, role, year, words, cell)


def _doubles(columns: list[Heading]) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[str, int | None], Heading] = {}
    for it in columns:
        if it.role in (TARGET, NOTE):
            continue
        key = it.role, it.year
        if key in seen:
            yield it.cell, TWICE
        seen.setdefault(key, it)


def _plain(text: str) -> str:
    try:
        return re.sub(r"\s", "", plain(text, LONGEST)).lower()
    except TooLong:
        return ""
