"""Statements that are put together once, and records read without a session: half of what a question cost (ADR 36)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, inspect
from sqlalchemy.orm.attributes import instance_state, manager_of_class
from sqlalchemy.sql import visitors

from app.db import db
from app.memory import HOUSE, lasting, remembered

T = TypeVar("T")
NO_VALUES: Mapping[str, Any] = {}


def prepared(key: Hashable, build: Callable[[], T]) -> T:
    """The statement that `build` puts together, kept as long as the process lives. What differs each time is a `bindparam`.

    `key` names all else that it differs by: who reads, by `records.reader`. No day or instant may stand in it.
    """
    return lasting(("statement", key), lambda: _of_any_time(build()))


def prepared_of_list(key: Hashable, build: Callable[[], T]) -> T:
    """The same for a statement that may hold ids of the house, or an instant: one with an instant is put together anew."""

    def ask() -> T | None:
        statement = build()
        return None if tells_an_instant(statement) else statement

    kept = remembered(("statement of a list", key), ask, HOUSE)
    return build() if kept is None else kept


def _of_any_time(statement: T) -> T:
    assert not tells_an_instant(statement), f"what stands in it would stay as it was first: {statement}"
    return statement


def tells_an_instant(statement: Any) -> bool:
    """Whether a day or an instant is part of it."""
    parts = visitors.iterate(statement)
    return any(isinstance(part, BindParameter) and isinstance(part.value, date) for part in parts)


def columns_of(query: Select[Any], model: Any, without: Sequence[Any] = ()) -> Select[Any]:
    """`query` of the columns of `model` in place of its records, each under the name of its attribute."""
    left_out = {it.key for it in without}
    columns = [
        getattr(model, it.key).label(it.key)
        for it in inspect(model).column_attrs
        if it.key not in left_out and not it.deferred
    ]
    return query.with_only_columns(*columns, maintain_column_froms=True)


def read_apart(model: Any, statement: Select[Any], values: Mapping[str, Any] = NO_VALUES) -> list[Any]:
    """The records that a statement of `columns_of` finds, for a page that only shows them: a third of the price.

    They belong to no session: what the statement does not ask for cannot be asked of them.
    """
    found = db.session.connection().execute(statement, dict(values))
    names, manager, identity = tuple(found.keys()), manager_of_class(model), inspect(model)
    records = []
    for row in found:
        record = manager.new_instance()
        record.__dict__.update(zip(names, row, strict=True))
        instance_state(record).key = identity.identity_key_from_primary_key((record.id,))
        records.append(record)
    return records
