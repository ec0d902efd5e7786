"""Figures of many kinds in one statement: each context gives its counts as a SELECT, the page adds them up into one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, select, union_all

from app.db import db

Figures = dict[str, dict[int, int]]
"""What is counted → of which year (or 0) → how many."""


@dataclass(frozen=True)
class Figure:
    """A large figure of the office's first page: it leads to the list that it counts."""

    label: str
    value: int
    unit: str
    note: str
    url: str
    tone: str = ""
    name: str = ""  # by which a context above may put a remark beside it


@dataclass(frozen=True)
class Part:
    """A part of a bar: what it counts, how many, and the list of exactly these (empty: nobody may list them)."""

    label: str
    value: int
    url: str = ""


@dataclass(frozen=True)
class SplitBar:
    """A bar of several; `ending` of its `value` are drawn in another tone."""

    label: str
    value: int
    ending: int
    url: str


@dataclass(frozen=True)
class Chart:
    """A chart of the office's first page: the context's own `partial` draws its `rows`."""

    name: str  # of the section, for its heading's id
    heading: str
    partial: str
    rows: Sequence[Any]


def counted(what: str, number: Any, of: Any = 0) -> Select:
    """The three columns that every count has; the caller says from where, and groups by `of` if it is a column."""
    year = literal(of) if isinstance(of, int) else of
    return select(literal(what).label("what"), year.label("of"), number.label("number"))


def figures_of(*counts: Select) -> Figures:
    """Ask all of `counts` at once. What is not found counts 0."""
    found: Figures = defaultdict(lambda: defaultdict(int))
    for what, of, number in db.session.execute(union_all(*counts)):
        found[what][of] = number
    return found
