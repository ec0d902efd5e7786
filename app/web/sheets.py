"""A table as a spreadsheet (XLSX): typed cells, the header frozen, a filter on it, columns as wide as what they hold.

Days and instants are real ones, so that they sort and can be reckoned with; a text stays a text, whatever it begins
with: a code keeps its leading zero, and `=1+1` is shown, not computed. Rows are written straight through: none is kept.
"""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import IO, Any

from xlsxwriter import Workbook

from app import calendar
from app.calendar import JST
from app.lines import neutral, typed

DAY, INSTANT, TEXT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "@"
NARROWEST, WIDEST = 8, 60  # in characters of half width
MEASURED = 200  # the first rows decide how wide a column is: the others need not be kept for it
LONGEST_TEXT = 32_767  # what a cell can hold
LONGEST_TITLE = 31
MOST_ROWS = 1_048_575  # what a sheet can hold below its header
_HEAD = {"bold": True, "bg_color": "#E8F1FE", "valign": "vcenter", "text_wrap": True, "num_format": TEXT}


class TooLong(Exception):
    """There are more rows than a sheet can hold."""


def write_sheet(out: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the file into `out`. Values are None, numbers, days, aware instants (shown in JST) or texts.

    Raises TooLong; what is in `out` then is no file.
    """
    write_sheets(out, [(title, header, rows)])


def write_sheets(
    out: IO[bytes], sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]
) -> None:
    """The same for a file of several sheets: (title, header, rows) of each."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        # Rows wait in the folder, and are gone with it, whatever happens.
        book = Workbook(out, {"constant_memory": True, "tmpdir": folder})
        book.use_zip64()
        book.set_properties({"created": calendar.now().astimezone(UTC).replace(tzinfo=None)})
        for title, header, rows in sheets:
            sheet = book.add_worksheet(title[:LONGEST_TITLE])
            opened.enter_context(closing(sheet.row_data_fh))
            _fill(book, sheet, header, rows)
        book.close()


def _fill(book: Any, sheet: Any, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    coming = iter(rows)
    measured = list(islice(coming, MEASURED))
    sheet.freeze_panes(1, 0)
    for place, width in enumerate(_widths(header, measured)):
        sheet.set_column(place, place, width)
    head = book.add_format(_HEAD)
    for place, text in enumerate(header):
        sheet.write_string(0, place, _text(text), head)
    count = _write(chain(measured, coming), _cell_writer(book, sheet))
    sheet.autofilter(0, 0, count, len(header) - 1)


def _write(rows: Iterable[Sequence[Any]], write: Callable[[int, int, Any], None]) -> int:
    """How many there were."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooLong
        for place, value in enumerate(row):
            write(number, place, value)
    return number


def _cell_writer(book: Any, sheet: Any) -> Callable[[int, int, Any], None]:
    day, instant, text = (book.add_format({"num_format": it}) for it in (DAY, INSTANT, TEXT))

    def write(row: int, place: int, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, str):
            sheet.write_string(row, place, _text(value), text)  # never a formula
        elif isinstance(value, int | float):
            sheet.write_number(row, place, value)
        elif isinstance(value, datetime):  # a spreadsheet knows no time zones: the clock of Japan is meant
            clock = value.astimezone(JST).replace(tzinfo=None, second=0, microsecond=0)
            sheet.write_datetime(row, place, clock, instant)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, day)
        else:
            sheet.write_string(row, place, _text(str(value)), text)

    return write


def _text(text: str) -> str:
    return neutral(typed(text))[:LONGEST_TEXT]


def _widths(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[int]:
    for place, head in enumerate(header):
        longest = max((_width(row[place]) for row in rows), default=0)
        yield min(max(NARROWEST, _width(head) + 3, longest + 2), WIDEST)  # 3: the button of the filter


def _width(value: Any) -> int:
    if isinstance(value, datetime):
        return len("2023-03-31 12:00")
    lines = str("" if value is None else value).splitlines() or [""]
    return max(sum(1 + (unicodedata.east_asian_width(sign) in "WFA") for sign in line) for line in lines)
