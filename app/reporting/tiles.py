"""Where each prefecture stands on the tile map: a cell of a grid that keeps neighbours together. Pure."""

from __future__ import annotations

from app.organisations.codes import PREFECTURES

# Two letters of the code's number are one cell; the first column is the farthest west, the first row the farthest north.
_ROWS = """
    .. .. .. .. .. .. .. .. .. .. 01 ..
    .. .. .. .. .. .. .. .. .. 02 .. ..
    .. .. .. .. .. .. .. .. .. 05 03 ..
    .. .. .. .. .. .. .. .. .. 06 04 ..
    .. .. .. .. .. .. .. 17 16 15 07 ..
    .. .. .. .. .. .. .. 18 .. 10 09 08
    .. .. .. 32 31 28 26 25 21 20 11 ..
    .. 41 40 35 34 33 27 24 23 19 13 12
    42 43 44 .. .. .. 30 29 .. 22 14 ..
    .. 46 45 .. 38 37 36 .. .. .. .. ..
    .. .. .. .. .. 39 .. .. .. .. .. ..
    47 .. .. .. .. .. .. .. .. .. .. ..
"""
CELLS = {  # prefecture's number → (column, row)
    number: (column, row)
    for row, line in enumerate(_ROWS.strip().splitlines())
    for column, number in enumerate(line.split())
    if number != ".."
}
COLUMNS = 1 + max(column for column, _row in CELLS.values())
ROWS = 1 + max(row for _column, row in CELLS.values())


def short_name(number: str) -> str:
    """青森, 東京, 京都, 北海道: as a map has room for."""
    name = PREFECTURES[number]
    return name if name == "北海道" else name[:-1]
