"""A table as a spreadsheet (XLSX): typed cells, the header frozen, a filter on it, columns as wide as what they hold.

Days and instants are real ones, so that they sort and can be reckoned with; a text stays a text, whatever it begins
with: a code keeps its leading zero, and `=1+1` is shown, not computed.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from app.calendar import JST
from app.lines import neutral

DAY, INSTANT, TEXT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "@"
NARROWEST, WIDEST = 8, 60  # in characters of half width
MEASURED = 200  # the first rows decide how wide a column is: the others need not be kept for it
LONGEST_TEXT = 32_767  # what a cell can hold
_HEAD = {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="E8F1FE")}


def sheet_of(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The file. Values are None, numbers, days, aware instants (shown in JST) or texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=title[:31])
    coming = iter(rows)
    measured = list(islice(coming, MEASURED))
    # A sheet that is written straight through wants to know these before its first row.
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_widths(header, measured), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_head(sheet, text) for text in header])
    count = 0
    for row in chain(measured, coming):
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{count + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Any, text: str) -> WriteOnlyCell:
    cell = _text(sheet, text)
    cell.font, cell.fill = _HEAD["font"], _HEAD["fill"]
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, value: Any) -> WriteOnlyCell | None:
    if value is None or value == "":
        return None
    if isinstance(value, int | float):
        return WriteOnlyCell(sheet, value)
    if isinstance(value, datetime):  # a spreadsheet knows no time zones: the clock of Japan is meant
        return _day(sheet, value.astimezone(JST).replace(tzinfo=None, second=0, microsecond=0), INSTANT)
    if isinstance(value, date):
        return _day(sheet, value, DAY)
    return _text(sheet, str(value))


def _day(sheet: Any, value: date, number_format: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _text(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, neutral(ILLEGAL_CHARACTERS_RE.sub("", text))[:LONGEST_TEXT])
    cell.data_type, cell.number_format = "s", TEXT  # never a formula
    return cell


def _widths(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[int]:
    for place, head in enumerate(header):
        longest = max((_width(row[place]) for row in rows), default=0)
        yield min(max(NARROWEST, _width(head) + 3, longest + 2), WIDEST)  # 3: the button of the filter


def _width(value: Any) -> int:
    if isinstance(value, datetime):
        return len("2023-03-31 12:00")
    lines = str("" if value is None else value).splitlines() or [""]
    return max(sum(1 + (unicodedata.east_asian_width(sign) in "WFA") for sign in line) for line in lines)
