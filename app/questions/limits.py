"""What a cell of a spreadsheet takes: Excel keeps to it while somebody types, and says so where they do not."""

from __future__ import annotations

from dataclasses import dataclass

TEXT, NUMBER, DAY = "text", "number", "day"


@dataclass(frozen=True)
class Limit:
    """`least` and `most` are numbers as the form has them; of a text `most` counts characters. Empty: no limit."""

    takes: str
    least: str = ""
    most: str = ""
