"""A list page: filters as a GET form, server-side sort, pages, and CSV/XLSX of exactly what is shown.

listing = Listing(within_reach(Project, actor()), request.args,
                  columns=[Column("number", _l("No."), lambda p: p.number, sort=Project.number), …],
                  filters=[Search("q", _l("Search"), [Project.title]), Choice("state", _l("State"), choices, Project.state)],
                  default_sort="number")
return listing.response("projects/index.html", filename="projects")
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select
from werkzeug.datastructures import MultiDict

from app import calendar, security
from app.db import db
from app.folding import only_marks, read_alike, words_of
from app.lines import neutral, one_line
from app.web.access import actor_or_none
from app.widths import plain

PER_PAGE = 25
EXPORT_LIMIT = 50_000
LONGEST_SEARCH = 200  # characters: each word is a condition, and a database takes only so many


@dataclass(frozen=True)
class Column:
    """`text` gives the cell as plain text (also for CSV); a template may show it richer by `key`.

    `typed` gives a spreadsheet the day, instant or number behind the text.
    """

    key: str
    label: Any
    text: Callable[[Any], Any]
    sort: Any = None  # a column or expression to order by; None: not sortable
    numeric: bool = False
    typed: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Note:
    """A sentence above a list, in the tone of a notice: info or warning."""

    tone: str
    text: str
    title: str = ""


@dataclass(frozen=True)
class Search:
    """Words that must all be found in one of `columns`, which hold folded texts (see db.Searchable)."""

    key: str
    label: Any
    columns: Sequence[Any]
    kind: str = "search"

    def narrow(self, query: Select, value: str) -> Select:
        if only_marks(value):
            return query.where(false())
        for word in words_of(value):
            query = query.where(or_(*self.found(word)))
        return query

    def found(self, word: str) -> Iterable[ColumnElement[bool]]:
        """Where one folded word may stand."""
        return [column.contains(word, autoescape=True) for column in self.columns]

    def notes(self, value: str) -> list[Note]:
        """What the reader should know of how `value` was read."""
        if only_marks(value):
            sentence = _(
                "“%(text)s” holds no letter to search for: type a name, its reading or a number.", text=value
            )
            return [Note("warning", sentence)]
        alike = read_alike(value)
        if not alike:
            return []
        pairs = _(", ").join(
            _("“%(sign)s” as %(others)s", sign=it[0], others="・".join(it[1:])) for it in alike
        )
        return [
            Note(
                "info",
                _("Variant characters were also searched for in their other forms: %(pairs)s.", pairs=pairs),
            )
        ]

    def shown(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Choice:
    """One of `choices` (value → label); anything else in the address is ignored."""

    key: str
    label: Any
    choices: dict[str, Any]
    column: Any = None
    where: Callable[[str], Any] | None = None  # for a choice that is more than equality
    kind: str = "choice"

    def narrow(self, query: Select, value: str) -> Select:
        if value not in self.choices:
            return query
        return query.where(self.where(value) if self.where else self.column == value)

    def shown(self, value: str) -> Any:
        return self.choices.get(value, "")

    def notes(self, value: str) -> list[Note]:
        return []


@dataclass
class Listing:
    query: Select
    args: MultiDict
    columns: Sequence[Column]
    filters: Sequence[Search | Choice] = ()
    default_sort: str = ""
    tie: Any = None  # by which rows follow that are alike; last of all the first entity's id
    per_page: int = PER_PAGE
    options: Sequence[Any] = ()  # loader options, so that no row asks the database by itself
    caption: Any = ""
    anchor: str = ""  # the id of the list on a page that begins with something else
    extra: dict[str, Any] = field(default_factory=dict)
    endpoint: str | None = (
        None  # where the list stands, when another page asks it; default: the page asked for
    )
    view_args: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The filters in force, key → value as typed."""
        found = {f.key: one_line(self.args.get(f.key, "")).strip()[:LONGEST_SEARCH] for f in self.filters}
        return {key: value for key, value in found.items() if value and self._filter(key).shown(value)}

    @cached_property
    def notes(self) -> list[Note]:
        """What the reader should know of how the filters in force were read."""
        return [note for key, value in self.chosen.items() for note in self._filter(key).notes(value)]

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """(column key, descending)."""
        asked = self._asked_sort or self.default_sort
        return asked.lstrip("-"), asked.startswith("-")

    @cached_property
    def _asked_sort(self) -> str | None:
        """The order asked for, if there is such a one: it stands in every link of the page."""
        asked = self.args.get("sort", "")
        known = (column.key for column in self.columns if column.sort is not None)
        return asked if asked.removeprefix("-") in known else None

    @cached_property
    def narrowed(self) -> Select:
        query = self.query
        for key, value in self.chosen.items():
            query = self._filter(key).narrow(query, value)
        return query

    @cached_property
    def total(self) -> int:
        return (
            db.session.scalar(select(func.count()).select_from(self.narrowed.order_by(None).subquery())) or 0
        )

    @cached_property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @cached_property
    def page(self) -> int:
        """The page asked for; past the end it is the last one."""
        asked = self.args.get("page", "1")
        text = plain(asked) if len(asked) < 10 else ""
        return min(max(int(text) if text.isdecimal() and len(text) < 10 else 1, 1), self.pages)

    @cached_property
    def rows(self) -> list[Any]:
        query = self._ordered().limit(self.per_page).offset((self.page - 1) * self.per_page)
        return list(db.session.scalars(query.options(*self.options)).unique())

    def address(self, **changes: Any) -> str:
        """This list's address with some parameters changed; None takes one away."""
        parameters = {**self.chosen, "sort": self._asked_sort, **changes}
        if "page" not in changes:
            parameters.pop("page", None)
        endpoint, view_args = self.endpoint or request.endpoint or "", self.view_args
        if not self.endpoint:
            view_args = request.view_args or {}
        values = {**view_args, **{k: v for k, v in parameters.items() if v not in (None, "")}}
        return url_for(endpoint, _anchor=self.anchor or None, **values)

    @cached_property
    def here(self) -> str:
        """This page of the list, for the addresses of its cases (`list=listing.here`): see app/web/walk.py."""
        return self.address(page=self.page if self.page > 1 else None).partition("#")[0]

    def sort_address(self, column: Column) -> str:
        key, down = self.sort
        return self.address(sort=f"-{column.key}" if key == column.key and not down else column.key)

    def aria_sort(self, column: Column) -> str:
        key, down = self.sort
        if key != column.key:
            return "none"
        return "descending" if down else "ascending"

    def response(self, template: str, *, filename: str, **context: Any) -> str | Response:
        """The page, or with ?format=csv|xlsx the file."""
        wanted = self.args.get("format")
        if wanted in ("csv", "xlsx") and (who := actor_or_none()):
            about = f"{request.path} ({wanted})"
            security.note_after("exported", actor=who, about=about, once=request.full_path)
        if wanted == "csv":
            return self._download(self._csv(), "text/csv; charset=utf-8", f"{filename}.csv")
        if wanted == "xlsx":
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            return self._download(self._xlsx(), kind, f"{filename}.xlsx")
        return render_template(template, listing=self, **context)

    def answers_with(self, test: Callable[[Any], bool], condition: ColumnElement[bool]) -> bool:
        """Whether what is answered has such a row: of a page its rows are looked at, for a file the database is asked."""
        if self.args.get("format") not in ("csv", "xlsx"):
            return any(map(test, self.rows))
        found = self.narrowed.where(condition).with_only_columns(literal(1)).order_by(None).limit(1)
        return db.session.scalar(found) is not None

    def _filter(self, key: str) -> Search | Choice:
        return next(f for f in self.filters if f.key == key)

    @cached_property
    def order(self) -> list[Any]:
        """What the rows are ordered by, so that each has one place."""
        key, down = self.sort
        column = next((c for c in self.columns if c.key == key), None)
        last = self.query.column_descriptions[0]["entity"].id
        ties = [last] if self.tie is None else [self.tie, last]
        if column is None or column.sort is None:
            return ties
        return [column.sort.desc() if down else column.sort.asc(), *ties]

    def _ordered(self) -> Select:
        return self.narrowed.order_by(None).order_by(*self.order)

    def every_row(self) -> Iterable[Any]:
        """All rows that the filters leave, in order, for a file."""
        return db.session.scalars(self._ordered().limit(EXPORT_LIMIT).options(*self.options)).unique()

    def _header(self) -> list[str]:
        return [str(column.label) for column in self.columns]

    def _csv(self) -> bytes:
        out = io.StringIO()
        lines = csv.writer(out)
        lines.writerow(self._header())
        lines.writerows([_harmless(column.text(row)) for column in self.columns] for row in self.every_row())
        return out.getvalue().encode("utf-8-sig")  # the mark makes Excel read it as UTF-8

    def _xlsx(self) -> bytes:
        from app.web.sheets import sheet_of  # what a page never needs is not loaded for it

        cells = [column.typed or column.text for column in self.columns]
        rows = ([cell(row) for cell in cells] for row in self.every_row())
        return sheet_of(str(self.caption) or _("List"), self._header(), rows)

    def _download(self, content: bytes, kind: str, name: str) -> Response:
        stamp = calendar.today().strftime("%Y%m%d")
        return Response(
            content,
            headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{stamp}_{name}"'},
        )


def _harmless(value: Any) -> Any:
    """A cell of a CSV that a spreadsheet would run as a formula is kept as text, by a ' before it.

    Excel in Japanese takes ＝ for =, and blanks, quotes and what nobody sees may stand before it. A negative number stays
    one; a telephone number that begins with + would be reckoned out (+81-3-5555-1234 is -6705), and is a text.
    """
    if value is None or isinstance(value, int | float):
        return value
    text = neutral(str(value))
    return "'" + text if _FORMULA.match(text) and not _NEGATIVE.fullmatch(text) else text


_FORMULA = re.compile(
    r"""[\s"'`´‘’“”＂＇\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]*[=+\-@＝＋－＠−﹢﹣﹦﹫⁼⁺⁻]|[\t\n]"""
)
_NEGATIVE = re.compile(r"-(\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")
