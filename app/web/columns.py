"""The columns of a list, and the cells that a page shows of them: made once in Python, so that its template only loops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.web.shown import addresses, link


@dataclass(frozen=True)
class To:
    """Where a cell leads: the page of the row's record, whose `argument` is its id.

    One that is `walked` is told the list, so that it leads on to the next case and back: see app/web/walk.py.
    """

    endpoint: str
    argument: str
    walked: bool = True

    def from_list(self, here: str) -> Callable[[int], Markup]:
        """What gives the address for an id; `here` is that of the list."""
        return addresses(self.endpoint, self.argument, **({"list": here} if self.walked else {}))


@dataclass(frozen=True)
class Column:
    """`text` gives the cell as plain text (also for CSV), `shown` what a page shows in its place, where that is richer.

    `typed` gives a spreadsheet the day, instant or number behind the text. A short entry (a number, a fiscal year) is not
    broken over two lines; `short` says so where the text alone does not tell. `join` is the relationship that the order
    goes by. `only_file`: it stands in files alone.
    """

    key: str
    label: Any
    text: Callable[[Any], Any]
    sort: Any = None  # a column or expression to order by; None: not sortable
    numeric: bool = False
    typed: Callable[[Any], Any] | None = None
    shown: Callable[[Any], Any] | None = None
    short: bool | None = None
    to: To | None = None
    join: Any = None
    only_file: bool = False


SHORT = 8  # characters


class Row(NamedTuple):
    """A row as a page shows it: the id of its record, what it is called, its cells as markup."""

    id: int
    name: str
    cells: list[Markup]


def cell_maker(column: Column, here: str, *, is_header: bool) -> Callable[[Any], Markup]:
    """What makes the cells of a column: all that does not differ from row to row is put together once."""
    element, role = ("th", 'scope="row" role="rowheader"') if is_header else ("td", 'role="cell"')
    start, label = f"<{element} {role}", f' data-label="{escape(column.label)}">'
    plain = start + (' class="table__number"' if column.numeric else "") + label
    unbroken = plain if column.numeric else f'{start} class="nowrap"{label}'
    end, text, shown, short = f"</{element}>", column.text, column.shown, column.short
    address = column.to.from_list(here) if column.to else None

    def cell(row: Any) -> Markup:
        words = "" if short is not None and shown else text(row)
        entry = "–" if words is None or words == "" else str(words)
        opening = unbroken if (len(entry) <= SHORT if short is None else short) else plain
        content = escape(shown(row) if shown else entry)
        if address:
            content = link(address(row.id), content)
        return Markup(f"{opening}{content}{end}")  # noqa: S704 (each part is escaped)

    return cell
