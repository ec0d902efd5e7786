"""Searches that an index answers: every pair of neighbouring characters of a folded text is a word of that index (ADR 34).

Japanese has no spaces between its words, and the shortest that people type, such as 札幌 or 港区, have two characters: the
indexes that databases bring (trigrams) begin with three. PostgreSQL has a column of the pairs with a GIN index, SQLite
an FTS5 table of them; both are kept by the database itself: see migration 0021.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import ARRAY, Text

from app.db import db
from app.guards.searches import INDEX, PAIRS, SEARCHED

PAIR = 2  # characters
FEW = 1_000  # rows: of more, those of a page are found sooner by reading the list in its order


def holds(text: Any, word: str) -> ColumnElement[bool]:
    """The condition that a folded text has a folded word in it."""
    if not _is_indexed(text) or len(word) < PAIR:
        return _has(text, word)
    if _is_sqlite():
        return and_(text.class_.id.in_(_found_by_sqlite(text, word)), _has(text, word))
    its_pairs: Any = literal_column(f"{text.class_.__tablename__}.{PAIRS}")
    found = its_pairs.op("@>", is_comparison=True)(cast(array(pairs_of(word)), ARRAY(Text)))
    return found if len(word) == PAIR else and_(found, _has(text, word))


def any_of(
    word: str, texts: Sequence[Any], others: Sequence[ColumnElement[bool]] = (), *, many: bool = False
) -> ColumnElement[bool]:
    """The condition that one of `texts` has the word in it, or one of `others` holds: of `many` rows, if the caller knows.

    PostgreSQL knows by its statistics whether an index or the list in its order leads sooner to the rows of a page. SQLite
    does not: where many rows hold the word, it is given nothing that it could look for in an index.
    """
    if _is_sqlite() and (many or any(_is_frequent(text, word) for text in texts)):
        return case(*((it, true()) for it in (*others, *(_has(text, word) for text in texts))), else_=false())
    return or_(false(), *others, *(holds(text, word) for text in texts))


def among(key: Any, query: Any) -> ColumnElement[bool]:
    """`key IN query`, beside other conditions: what `query` finds is found once and before the rows, so that an index takes it."""
    if _is_sqlite():
        return key.in_(query)
    return key == func.any(func.array(query.scalar_subquery()))


def pairs_of(word: str) -> list[str]:
    """札幌市 → 札幌, 幌市."""
    return list(dict.fromkeys(word[place : place + PAIR] for place in range(len(word) - 1)))


def _has(text: Any, word: str) -> ColumnElement[bool]:
    return (func.instr(text, word) if _is_sqlite() else func.strpos(text, word)) > 0


def _is_frequent(text: Any, word: str) -> bool:
    if not _is_indexed(text) or len(word) < PAIR:
        return True
    some = _found_by_sqlite(text, word).limit(FEW + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) > FEW


def _found_by_sqlite(text: Any, word: str) -> Any:
    name = INDEX + text.class_.__tablename__
    found = table(name, column("rowid"))
    wanted = " ".join(it.encode().hex() for it in pairs_of(word))
    return select(found.c.rowid).where(literal_column(name).op("MATCH", is_comparison=True)(wanted))


def _is_indexed(text: Any) -> bool:
    return SEARCHED.get(text.class_.__tablename__) == text.key


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
