"""The pages of a list, as fast far behind as in front, however many rows there are.

What is counted is counted up to a limit ("10,000 or more"). A page behind that is found from milestones: the keys of each
thousandth row in the order of the list, which are kept in memory while nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from app import calendar, memory
from app.db import db
from app.widths import plain

T = TypeVar("T")

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

    @property
    def reversed(self) -> By:
        return By(self.key, not self.down)

    def further(self, value: Any) -> ColumnElement[bool]:
        """The condition of standing behind `value` by this alone."""
        if value is None:
            return false() if self._empty_ones_last else self.key.is_not(None)
        further = self.key < value if self.down else self.key > value
        return or_(further, self.key.is_(None)) if self._empty_ones_last else further

    def alike(self, value: Any) -> ColumnElement[bool]:
        return self.key.is_(None) if value is None else self.key == value

    def from_there(self, value: Any) -> ColumnElement[bool]:
        """The condition of not standing before `value`: an index is read from there on."""
        if value is None:
            return self.key.is_(None) if self._empty_ones_last else true()
        there = self.key <= value if self.down else self.key >= value
        return or_(there, self.key.is_(None)) if self._empty_ones_last else there

    @property
    def _empty_ones_last(self) -> bool:
        """PostgreSQL takes an empty value for the largest, SQLite for the smallest."""
        return self.down is (db.session.get_bind().dialect.name == "sqlite")


def behind(by: Sequence[By], keys: Sequence[Any]) -> ColumnElement[bool]:
    """The condition of standing behind the row with these keys, in this order."""
    found: ColumnElement[bool] = false()
    for it, key in reversed(list(zip(by, keys, strict=True))):
        found = or_(it.further(key), and_(it.alike(key), found))
    # Says nothing new, but an index is read from there on.
    return and_(by[0].from_there(keys[0]), found)


def counted_up_to(most: int, query: Select) -> Select:
    """How many rows `query` finds; of more than `most`, one more than that."""
    some = (
        query.with_only_columns(literal(1), maintain_column_froms=True)
        .order_by(None)
        .limit(most + 1)
        .subquery()
    )
    return select(func.count()).select_from(some)


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

    to_count: Callable[[], Select]
    query_of_all: Callable[[], Select]
    model: Any
    by: Sequence[By]
    per_page: int
    asked: str
    name: Hashable

    @cached_property
    def counted(self) -> int:
        """How many rows there are; of more than COUNTED, one more than that."""
        return self._kept("counted", lambda: db.session.scalar(counted_up_to(COUNTED, self.to_count())) or 0)

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
    def is_far(self) -> bool:
        """Whether the page is found from a milestone."""
        return (self.page - 1) * self.per_page > COUNTED

    @property
    def values(self) -> dict[str, Any]:
        """What the `query` of this page and of another that is not far differ by."""
        return {"rows_before": (self.page - 1) * self.per_page}

    @property
    def query(self) -> Select:
        """The rows of the page."""
        ordered = self.query_of_all().order_by(None).order_by(*(it.clause for it in self.by))
        ordered, before = ordered.limit(self.per_page), (self.page - 1) * self.per_page
        if not self.is_far:
            return ordered.offset(bindparam("rows_before", before, type_=Integer))
        passed = before // EVERY
        keys = self._milestones.keys[passed - 1]
        return ordered.where(behind(self.by, keys)).offset(before - passed * EVERY)

    @cached_property
    def _milestones(self) -> Milestones:
        return self._kept(("milestones", self.per_page), self._ask_for_milestones)

    def _kept(self, what: Hashable, ask: Callable[[], T]) -> T:
        """Kept in memory while nothing is written; what has lapsed by now is lapsed."""
        if memory.part_of(self.model.__tablename__) is None:
            return ask()
        minute = calendar.now().replace(second=0, microsecond=0)
        return memory.remembered((what, self.name, minute), ask, memory.HOUSE, memory.CASES)

    def _ask_for_milestones(self) -> Milestones:
        rows = (
            self.query_of_all()
            .order_by(None)
            .with_only_columns(
                *(it.key.label(f"key_{place}") for place, it in enumerate(self.by)),
                func.row_number().over(order_by=[it.clause for it in self.by]).label("place"),
                func.count().over().label("total"),
            )
            .subquery()
        )
        found = db.session.execute(select(rows).where(rows.c.place % EVERY == 0).order_by(rows.c.place)).all()
        return Milestones(found[0].total if found else 0, [tuple(row)[: len(self.by)] for row in found])


@dataclass(frozen=True)
class Neighbours:
    """Where a row stands in a list; `place` is None behind the rows that are counted."""

    place: int | None
    before: int | None  # ids
    after: int | None


Keep = Callable[
    [Hashable, Callable[[], Select]], Select
]  # of a statement: as statements.prepared, or not at all


def neighbours(query: Callable[[], Select], by: Sequence[By], record: Any, keep: Keep) -> Neighbours | None:
    """Those of a row of `query` ordered `by`, read from where it stands and not from the first row on."""
    keys = _keys_of(record, by) or _keys_asked_for(query(), by, record)
    if keys is None:
        return None
    empty = tuple(key is None for key in keys)
    statement = keep(("neighbours", empty), lambda: _neighbours(query(), by, type(record).id, empty))
    its_keys = {f"key_{place}": key for place, key in enumerate(keys) if key is not None}
    row = db.session.execute(statement, {"record_id": record.id, **its_keys}).one()
    if not row.is_there:
        return None
    return Neighbours(row.earlier + 1 if row.earlier < COUNTED else None, row.before, row.after)


def _neighbours(query: Select, by: Sequence[By], row_id: Any, empty: Sequence[bool]) -> Select:
    """For a row whose keys are named when it is asked, those that are not `empty`."""
    bare, other_way = query.order_by(None), [it.reversed for it in by]
    keys = [
        None if is_empty else bindparam(f"key_{place}", type_=it.key.type)
        for place, (it, is_empty) in enumerate(zip(by, empty, strict=True))
    ]
    itself = bare.where(row_id == bindparam("record_id", type_=Integer))
    later, earlier = bare.where(behind(by, keys)), bare.where(behind(other_way, keys))

    def first(there: Select, way: Sequence[By]) -> Any:
        found = there.with_only_columns(row_id, maintain_column_froms=True)
        return found.order_by(*(it.clause for it in way)).limit(1).scalar_subquery()

    return select(
        itself.with_only_columns(literal(1), maintain_column_froms=True).exists().label("is_there"),
        counted_up_to(COUNTED, earlier).scalar_subquery().label("earlier"),
        first(earlier, other_way).label("before"),
        first(later, by).label("after"),
    )


def _keys_asked_for(query: Select, by: Sequence[By], record: Any) -> Sequence[Any] | None:
    labelled = [it.key.label(f"key_{place}") for place, it in enumerate(by)]
    itself = query.order_by(None).where(type(record).id == record.id)
    return db.session.execute(itself.with_only_columns(*labelled, maintain_column_froms=True)).first()


def _keys_of(record: Any, by: Sequence[By]) -> Sequence[Any] | None:
    """What the record itself says, where it is ordered by columns of its own alone."""
    own = [getattr(it.key, "class_", None) is type(record) and it.key.key in record.__dict__ for it in by]
    return [getattr(record, it.key.key) for it in by] if all(own) else None
