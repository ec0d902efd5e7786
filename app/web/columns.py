"""The columns of a list, and the cells that a page shows of them: made once in Python, so that its template only loops."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from markupsafe import Markup

from app.web.shown import addresses, escaped, joined, link, markup


@dataclass(frozen=True)
class To:
    """Where a cell leads: the page whose `argument` is the row's `of`, by default that of the row's record.

    One that is `walked` is told the list, so that it leads on to the next case and back: see app/web/walk.py.
    """

    endpoint: str
    argument: str
    walked: bool = True
    of: str = "id"

    def from_list(self, here: str) -> Callable[[Any], Markup]:
        """What gives the address for a row; `here` is that of the list."""
        address = addresses(self.endpoint, self.argument, **({"list": here} if self.walked else {}))
        number = attrgetter(self.of)
        return lambda row: address(number(row))


@dataclass(frozen=True)
class Column:
    """`text` gives the cell as plain text (also for CSV), `shown` what a page shows in its place, where that is richer.

    `to` makes all of that a link; what stands `behind` it is none of the link.
    `typed` gives a spreadsheet the day, instant or number behind the text. A short entry (a number, a fiscal year) is not
    broken over two lines; `short` says so where the text alone does not tell. `join` is the relationship that the order
    goes by. `only_file`: it stands in files alone. A cell that shows nothing but the house and the value that `by` gives (a
    state, whose body it is) is made once for each such value.
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
    behind: Callable[[Any], Any] | None = None
    join: Any = None
    only_file: bool = False
    by: Callable[[Any], Hashable] | None = None


SHORT = 8  # characters


class Row(NamedTuple):
    """A row as a page shows it: the id of its record, what it is called, its cells."""

    id: int
    name: str
    cells: Markup


def cell_maker(
    column: Column, here: str, *, is_header: bool, made: dict[Hashable, Markup] | None = None
) -> Callable[[Any], Markup]:
    """What makes the cells of a column: all that does not differ from row to row is put together once.

    `made` are the cells of before, by the column's `by`.
    """
    start = Markup('<th scope="row" role="rowheader"') if is_header else Markup('<td role="cell"')
    end = Markup("</th>") if is_header else Markup("</td>")
    label = markup(f' data-label="{escaped(column.label)}">')
    number, nowrap = Markup(' class="table__number"'), Markup(' class="nowrap"')
    plain = start + number + label if column.numeric else start + label
    unbroken = plain if column.numeric else start + nowrap + label
    text, shown, short, behind = column.text, column.shown, column.short, column.behind
    address = column.to.from_list(here) if column.to else None

    def cell(row: Any) -> Markup:
        words = "" if short is not None and shown else text(row)
        entry = "" if words is None else str(words)
        opening = unbroken if (0 < len(entry) <= SHORT if short is None else short) else plain
        content = shown(row) if shown else entry or "–"
        if address:
            content = link(address(row), content)
        if behind:
            content = joined((content, behind(row)))
        return markup(f"{opening}{escaped(content)}{end}")

    by = column.by
    if by is None or made is None:
        return cell

    def cell_made_once(row: Any) -> Markup:
        value = by(row)
        if (found := made.get(value)) is None:
            found = made[value] = cell(row)
        return found

    return cell_made_once
