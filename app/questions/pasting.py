"""Rows that were copied in a spreadsheet: how its programs write them as a text, and the box that takes them."""

from __future__ import annotations

import csv
import io

from wtforms import Field
from wtforms.widgets import TextArea

from app.lines import neutral, one_line

LONGEST = 200_000  # characters of what is pasted at once


class Pasted(list[str]):
    """The cells of one pasted row; `line` counts the rows as they were pasted, from 1."""

    def __init__(self, line: int, cells: list[str]) -> None:
        super().__init__(cells)
        self.line = line


class PastedAreaField(Field):
    """A box for rows as a spreadsheet copies them. An empty first cell stays: it shows only as a tab at the beginning."""

    widget = TextArea()

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = neutral(valuelist[0]) if valuelist else ""


def rows_of(text: str, heads: list[str]) -> list[Pasted]:
    """The rows of `text`, without empty ones and without a first one that only repeats `heads`.

    Cells are parted by tabs; one with a line break in it stands within quotation marks, as all spreadsheets copy it.
    """
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter="\t", strict=True))
    except csv.Error:  # a quotation mark that was typed, not one that a program has written
        lines = [line.split("\t") for line in text.splitlines()]
    found = [Pasted(number, [cell.strip() for cell in cells]) for number, cells in enumerate(lines, start=1)]
    found = [row for row in found if any(row)]
    if found and [one_line(cell) for cell in found[0]] == heads:
        found = found[1:]
    return found
