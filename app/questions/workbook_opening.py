"""A workbook that somebody uploads, opened so that a file made to be stumbled over costs no more than an honest one.

By its name and its bytes what is no workbook, holds macros or is larger inside than any table of ours is refused before
openpyxl sees it (app/questions/archives.py refuses most). No formula is computed, nothing outside of the file is opened.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, TypeVar

from app.lifecycle import N_
from app.questions import excel
from app.questions.archives import MACRO_NAMES
from app.questions.files import EXCEL, clean_name, kind_of
from app.questions.kind import Unreadable, Upload

T = TypeVar("T")
Merged = dict[str, list[tuple[int, int, int, int]]]

LARGEST = 20 * 1024 * 1024  # bytes, of the file and of all that is in it
MOST_ROWS = 9_999  # of a sheet; some programs name the very last row, with nothing in it
MOST_COLUMNS, MOST_CELLS, MOST_SHEETS = 100, 200_000, 200
MOST_MERGED = 2_000
_CELL = re.compile(rb"<c[ >/]")
_FAR_BELOW = re.compile(
    rb'<c\s[^>]*?r="[A-Z]{1,3}\d{5,}"[^>/]*>'
)  # a cell with something in it, below MOST_ROWS
_MERGED = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
LARGER = N_("This file is larger inside than any form: take the file that you downloaded.")
_UNREADABLE = N_(
    "This is not an Excel workbook (.xlsx) that can be read. Save it in Excel as .xlsx, then upload it."
)


class NoWorkbook(Unreadable):
    """A file that is not read at all."""


def open_workbook(upload: Upload, read: Callable[[Any, Merged], T]) -> T:
    """What `read` makes of the workbook and of where its cells are merged, by the part of the file. Raises NoWorkbook."""
    _refuse_others(upload)
    try:
        merged = _merged_in(upload)
        upload.content.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not know of a file is none of ours
            book = excel.load_workbook(upload.content, read_only=True, data_only=False, keep_links=False)
            if len(book.sheetnames) > MOST_SHEETS:
                raise NoWorkbook(LARGER)
            if book.epoch != excel.WINDOWS_EPOCH:
                raise NoWorkbook(
                    N_(
                        "This workbook counts its days from 1904 (an option of Excel). Switch that off, then upload it again."
                    )
                )
            return read(book, merged)
    except NoWorkbook:
        raise
    # Whatever openpyxl stumbles over in a file that was made to be stumbled over.
    except Exception as problem:
        raise NoWorkbook(_UNREADABLE) from problem


def merged_on(sheet: Any, merged: Merged) -> list[tuple[int, int, int, int]]:
    """Where cells of this sheet are merged: (left, top, right, bottom) of each."""
    return merged.get(sheet._worksheet_path, [])  # noqa: SLF001 (openpyxl says it nowhere else)


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
            raise NoWorkbook(LARGER)
        cells = 0
        for it in archive.infolist():
            content = archive.read(it)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise NoWorkbook(_UNREADABLE)
            cells += len(_CELL.findall(content))
            ranges = _MERGED.findall(content)
            if cells > MOST_CELLS or len(ranges) > MOST_MERGED or _FAR_BELOW.search(content):
                raise NoWorkbook(LARGER)
            merged[it.filename] = [excel.range_boundaries(ref.decode()) for ref in ranges]
    return merged
