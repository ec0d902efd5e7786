"""A list page: filters as a GET form, server-side sort, pages, and CSV/XLSX of exactly what is shown.

listing = Listing(within_reach(Project, actor()), request.args,
                  columns=[Column("number", _l("No."), lambda p: p.number, sort=Project.number), …],
                  filters=[Search("q", _l("Search"), [Project.title]), Choice("state", _l("State"), choices, Project.state)],
                  default_sort="number")
return listing.response("projects/index.html", filename="projects")
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, literal
from sqlalchemy.orm import defer, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar, memory
from app.db import db
from app.lines import one_line
from app.statements import columns_of, load_many, prepared, read_apart
from app.web import files
from app.web.access import actor_or_none
from app.web.addresses import SAFE
from app.web.columns import Column, Row, To, cell_maker
from app.web.filters import Choice, Note, Search
from app.web.i18n import locale_name
from app.web.paging import By, Neighbours, Paging, neighbours
from app.web.shown import joined

__all__ = ["Choice", "Column", "Listing", "Note", "Search", "To"]

PER_PAGE = 25
AT_ONCE = 500  # rows of a file that are in memory together
LONGEST_SEARCH = 200  # characters: each word is a condition, and a database takes only so many


@dataclass
class Listing:
    query: Select
    args: MultiDict
    columns: Sequence[Column]
    filters: Sequence[Search | Choice] = ()
    default_sort: str = ""
    tie: Any = None  # by which rows follow that are alike; last of all the first entity's id
    per_page: int = PER_PAGE
    without: Sequence[Any] = ()  # columns that are not shown: texts of any length
    many: Sequence[Any] = ()  # relationships to what a row has many of
    options: Sequence[Any] = ()  # loader options, so that no row asks the database by itself
    beside: Sequence[Any] = ()  # relationships to records of the house, filled from memory: see memory.relate
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
    def _sorted_by(self) -> Column | None:
        key = self.sort[0]
        return next((c for c in self.columns if c.key == key and c.sort is not None), None)

    @cached_property
    def _asked_sort(self) -> str | None:
        """The order asked for, if there is such a one: it stands in every link of the page."""
        asked = self.args.get("sort", "")
        known = (column.key for column in self.columns if column.sort is not None)
        return asked if asked.removeprefix("-") in known else None

    @cached_property
    def filtered(self) -> Select:
        """The rows that the filters leave. What is only shown is not joined: see `beside`."""
        query = self.query
        for join in self._joins:
            query = query.join(join)
        for key, value in self.chosen.items():
            query = self._filter(key).narrow(query, value)
        return query

    @cached_property
    def narrowed(self) -> Select:
        """The same, with what the order goes by."""
        join = self._sorted_by.join if self._sorted_by else None
        return self.filtered if join is None or join in self._joins else self.filtered.join(join)

    @property
    def _joins(self) -> dict[Any, None]:
        """What the filters in force go by, each once."""
        wanted = (self._filter(key).join for key in self.chosen)
        return dict.fromkeys(join for join in wanted if join is not None)

    @cached_property
    def paging(self) -> Paging:
        return Paging(
            lambda: self.filtered,
            lambda: self.narrowed,
            self._model,
            self._ordered_by,
            self.per_page,
            self.args.get("page", "1"),
            self._remembered_as,
        )

    @property
    def total(self) -> int:
        """How many rows there are, as far as they were counted: see `is_more`."""
        return self.paging.total

    @property
    def is_more(self) -> bool:
        """Whether there are more rows than `total` says."""
        return self.paging.is_more

    @property
    def page(self) -> int:
        return self.paging.page

    @property
    def pages(self) -> int:
        return self.paging.pages

    @cached_property
    def rows(self) -> list[Any]:
        if memory.is_open() and not self.options:
            found = self._rows_apart()
            for relation in self.many:
                load_many(found, relation)
        else:
            found = self._records()
        memory.relate(found, *self.beside)
        return found

    def _records(self) -> list[Any]:
        return list(db.session.scalars(self.paging.query.options(*self._loaded)).unique())

    def _rows_apart(self) -> list[Any]:
        """As records that belong to no session: nothing is written on a page that is read."""
        model, paging = self._model, self.paging

        def build() -> Select:
            return columns_of(paging.query, model, self.without)

        if paging.is_far:
            return read_apart(model, build())
        return read_apart(model, self._kept("rows", build), paging.values)

    def _kept(self, what: Hashable, build: Callable[[], Select]) -> Select:
        """A statement about this list, kept unless it holds words that were searched for: there is no end of these."""
        if self._is_searched:
            return build()
        return prepared((what, self._remembered_as, locale_name()), build, memory.HOUSE)

    @property
    def _loaded(self) -> list[Any]:
        left_out = [defer(it, raiseload=True) for it in self.without]
        return [*left_out, *map(selectinload, self.many), *self.options]

    @property
    def _model(self) -> Any:
        return self.query.column_descriptions[0]["entity"]

    @property
    def _is_searched(self) -> bool:
        return any(isinstance(self._filter(key), Search) for key in self.chosen)

    @property
    def _remembered_as(self) -> Hashable:
        """Names this list as narrowed and ordered, for whoever reads it."""
        who = actor_or_none()
        reader = (who.role, who.organisation_id, who.seat_id) if who else None
        return self.address(page=None), reader

    @property
    def shown_columns(self) -> list[Column]:
        return [column for column in self.columns if not column.only_file]

    def shown_rows(self, header: str = "") -> list[Row]:
        """The rows of this page, made once: the template only loops. `header` is the column that names a row."""
        columns = self.shown_columns
        naming = next((column for column in columns if column.key == header), columns[0])
        cells = [
            cell_maker(
                column, self.here, is_header=column is naming, made=self._cells(column, column is naming)
            )
            for column in columns
        ]
        return [Row(row.id, naming.text(row), joined(cell(row) for cell in cells)) for row in self.rows]

    def _cells(self, column: Column, is_header: bool) -> dict[Hashable, Markup] | None:
        """Those of a column that were made before, on this list or another page of it, for whoever is of this role."""
        if column.by is None or not memory.is_open():
            return None
        who = actor_or_none()
        place = self._place, self.anchor, column.key, is_header
        found: dict[Hashable, Markup] = memory.remembered(
            ("cells", *place, who and who.role, locale_name()), dict, memory.HOUSE
        )
        return found

    def drawn(self, macro: Any) -> Markup:
        """A component that tells of this list, and of none of its rows: drawn once while nothing is written that day."""
        sort = self.args.get("sort", "")
        is_kept = (
            self.query is not None and memory.part_of(self._model.__tablename__) and not self._is_searched
        )
        if not is_kept or sort != (self._asked_sort or ""):
            return cast(Markup, macro(self))
        key = ("drawn of a list", macro.name, self._remembered_as, locale_name(), calendar.today())
        return memory.remembered(key, lambda: cast(Markup, macro(self)), memory.HOUSE, memory.CASES)

    def address(self, **changes: Any) -> str:
        """This list's address with some parameters changed; None takes one away."""
        wanted = {**self.chosen, "sort": self._asked_sort, **changes}
        if "page" not in changes:
            wanted.pop("page", None)
        entries = urlencode([(k, v) for k, v in wanted.items() if v not in (None, "")], safe=SAFE)
        return self._place + (f"?{entries}" if entries else "") + (f"#{self.anchor}" if self.anchor else "")

    @cached_property
    def _place(self) -> str:
        """The address without parameters: a page names it a dozen times, and making it takes longer than all of them."""
        if self.endpoint:
            return url_for(self.endpoint, **self.view_args)
        return url_for(request.endpoint or "", **(request.view_args or {}))

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

    @property
    def is_file(self) -> bool:
        """Whether all rows are answered, as CSV or XLSX, and not one page of them."""
        return self.args.get("format") in files.KINDS

    def response(self, template: str, *, filename: str, **context: Any) -> str | Response:
        """The page, or with ?format=csv|xlsx the file."""
        if self.is_file:
            return files.answer(self, self.args["format"], filename)
        return render_template(template, listing=self, **context)

    def answers_with(self, test: Callable[[Any], bool], condition: ColumnElement[bool]) -> bool:
        """Whether what is answered has such a row: of a page its rows are looked at, for a file the database is asked."""
        if not self.is_file:
            return any(map(test, self.rows))
        found = (
            self.filtered.where(condition)
            .with_only_columns(literal(1), maintain_column_froms=True)
            .order_by(None)
            .limit(1)
        )
        return db.session.scalar(found) is not None

    def _filter(self, key: str) -> Search | Choice:
        return next(f for f in self.filters if f.key == key)

    @cached_property
    def _ordered_by(self) -> list[By]:
        """What the rows are ordered by, so that each has one place."""
        last = self._model.id
        column, down = self._sorted_by, self.sort[1]
        keys = (None if column is None else column.sort, self.tie, last)
        # All in one direction, so that one index gives the order and its reverse.
        return [By(key, down) for key in dict.fromkeys(key for key in keys if key is not None)]

    def _ordered(self) -> Select:
        return self.narrowed.order_by(None).order_by(*(it.clause for it in self._ordered_by))

    def neighbours(self, record: Any) -> Neighbours | None:
        """Where the record stands; None where it is not among those that the filters leave."""
        return neighbours(lambda: self.narrowed, self._ordered_by, record, self._kept)

    def every_row(self) -> Generator[Any, None, None]:
        """All rows that the filters leave, in order, for a file: as they come, some at a time."""
        query = self._ordered().options(*self._loaded).execution_options(yield_per=AT_ONCE)
        with db.session.scalars(query) as found:
            for some in found.partitions():
                memory.relate(some, *self.beside)
                yield from some

    @property
    def header(self) -> list[str]:
        """Of a file."""
        return [str(column.label) for column in self.columns]
