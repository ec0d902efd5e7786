"""The pages of a list, as fast far behind as in front, however many rows there are.

What is counted is counted up to a limit ("10,000 or more"). A page behind that is found from milestones: the keys of each
thousandth row in the order of the list, which are kept in memory while nothing is written.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select

from app import calendar, memory
from app.db import db
from app.widths import plain

COUNTED = 10_000  # rows
EVERY = 1_000  # rows from a milestone to the next
FARTHEST = 10**9  # a page with a larger number is none that anybody asks for


@dataclass(frozen=True)
class By:
    """One expression of an order."""

    key: Any
    down: bool = False

    @property
    def clause(self) -> Any:
        return self.key.desc() if self.down else self.key.asc()


@dataclass(frozen=True)
class Milestones:
    """How many rows there are, and the keys of each row whose place is a multiple of EVERY."""

    total: int
    keys: Sequence[tuple[Any, ...]]


@dataclass
class Paging:
    """The rows of `query_of_all` ordered `by`, of which the page `asked` is shown; `name` tells this list from all others.

    `to_count` finds as many, and need not join what the order goes by.
    """

    to_count: Select
    query_of_all: Select
    by: Sequence[By]
    per_page: int
    asked: str
    name: Hashable

    @cached_property
    def counted(self) -> int:
        """How many rows there are; of more than COUNTED, one more than that."""
        all_of_them = self.to_count.with_only_columns(literal(1), maintain_column_froms=True)
        some = all_of_them.order_by(None).limit(COUNTED + 1).subquery()
        return db.session.scalar(select(func.count()).select_from(some)) or 0

    @property
    def total(self) -> int:
        return min(self.counted, COUNTED)

    @property
    def is_more(self) -> bool:
        return self.counted > COUNTED

    @property
    def pages(self) -> int:
        """Of the rows that were counted."""
        return max(1, -(-self.total // self.per_page))

    @cached_property
    def page(self) -> int:
        """The page asked for; past the end it is the last one."""
        text = plain(self.asked) if len(self.asked) <= len(str(FARTHEST)) else ""
        wanted = min(max(int(text) if text.isdecimal() else 1, 1), FARTHEST)
        if wanted <= self.pages:
            return wanted
        return min(wanted, -(-self._milestones.total // self.per_page)) if self.is_more else self.pages

    @property
    def first_place(self) -> int:
        """Of the first row of this page among all."""
        return (self.page - 1) * self.per_page + 1

    @property
    def last_place(self) -> int:
        end = self.page * self.per_page
        if end <= self.total:
            return end
        return min(end, self._milestones.total) if self.is_more else self.total

    @property
    def has_next(self) -> bool:
        if self.page < self.pages:
            return True
        return self.is_more and self.page * self.per_page < self._milestones.total

    @property
    def numbers(self) -> list[int | None]:
        """The pages to choose from: the first, those around this one, the last where it is known; None is a gap."""
        last = max(self.pages, self.page + self.has_next) if self.is_more else self.pages
        near = range(max(1, self.page - 2), min(last, self.page + 2) + 1)
        found: list[int | None] = []
        for number in sorted({1, *near, *(() if self.is_more else (last,))}):
            if found and number - (found[-1] or 0) > 1:
                found.append(None)
            found.append(number)
        return [*found, None] if self.is_more and self.has_next else found

    @property
    def query(self) -> Select:
        """The rows of the page."""
        ordered = (
            self.query_of_all.order_by(None).order_by(*(it.clause for it in self.by)).limit(self.per_page)
        )
        before = (self.page - 1) * self.per_page
        if before <= COUNTED:
            return ordered.offset(before)
        passed = before // EVERY
        keys = self._milestones.keys[passed - 1]
        if None in keys:
            return ordered.offset(before)
        return ordered.where(self._behind(keys)).offset(before - passed * EVERY)

    def _behind(self, keys: Sequence[Any]) -> ColumnElement[bool]:
        """The condition of standing behind the row with these keys."""
        behind: ColumnElement[bool] = false()
        for it, key in reversed(list(zip(self.by, keys, strict=True))):
            further = it.key < key if it.down else it.key > key
            if self._empty_ones_last(it):
                further = or_(further, it.key.is_(None))
            behind = or_(further, and_(it.key == key, behind))
        first, key = self.by[0], keys[0]
        # Says nothing new, but an index is read from there on.
        from_there = first.key <= key if first.down else first.key >= key
        return (
            and_(or_(from_there, first.key.is_(None)), behind)
            if self._empty_ones_last(first)
            else and_(from_there, behind)
        )

    @staticmethod
    def _empty_ones_last(it: By) -> bool:
        """PostgreSQL takes an empty value for the largest, SQLite for the smallest."""
        return it.down is (db.session.get_bind().dialect.name == "sqlite")

    @cached_property
    def _milestones(self) -> Milestones:
        model = self.query_of_all.column_descriptions[0]["entity"]
        if memory.part_of(model.__tablename__) is None:
            return self._ask_for_milestones()
        minute = calendar.now().replace(second=0, microsecond=0)  # what has lapsed by now is lapsed
        key = ("milestones", self.name, self.per_page, minute)
        return memory.remembered(key, self._ask_for_milestones, memory.HOUSE, memory.CASES)

    def _ask_for_milestones(self) -> Milestones:
        rows = (
            self.query_of_all.order_by(None)
            .with_only_columns(
                *(it.key.label(f"key_{place}") for place, it in enumerate(self.by)),
                func.row_number().over(order_by=[it.clause for it in self.by]).label("place"),
                func.count().over().label("total"),
            )
            .subquery()
        )
        found = db.session.execute(select(rows).where(rows.c.place % EVERY == 0).order_by(rows.c.place)).all()
        return Milestones(found[0].total if found else 0, [tuple(row)[: len(self.by)] for row in found])
