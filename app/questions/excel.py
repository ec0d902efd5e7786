"""The parts of openpyxl that we use, imported when one is first asked for.

A worker starts without: it takes 30 MB and a quarter of a second, and most pages neither make nor read a workbook.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FROM = {
    "Workbook": "openpyxl",
    "load_workbook": "openpyxl",
    "ILLEGAL_CHARACTERS_RE": "openpyxl.cell.cell",
    "CellRichText": "openpyxl.cell.rich_text",
    "TextBlock": "openpyxl.cell.rich_text",
    "InlineFont": "openpyxl.cell.text",
    **dict.fromkeys(("Alignment", "Border", "Font", "PatternFill", "Protection", "Side"), "openpyxl.styles"),
    **dict.fromkeys(("get_column_letter", "range_boundaries"), "openpyxl.utils"),
    "WINDOWS_EPOCH": "openpyxl.utils.datetime",
    "DataValidation": "openpyxl.worksheet.datavalidation",
}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(name)
    return getattr(import_module(_FROM[name]), name)
