"""Statements that are put together once, and records read without a session: half of what a question cost (ADR 36)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam, inspect, select
from sqlalchemy.orm.attributes import instance_state, manager_of_class, set_committed_value
from sqlalchemy.sql import visitors

from app.db import db
from app.memory import lasting, remembered

T = TypeVar("T")
NO_VALUES: Mapping[str, Any] = {}


def prepared(key: Hashable, build: Callable[[], T], *parts: str) -> T:
    """The statement that `build` puts together, kept for the process. What differs each time is a `bindparam`.

    `key` names all else that it differs by; who reads, by `records.reader`. One that holds ids of the house is kept under
    HOUSE (`parts`, as in `remembered`); one that holds a day or an instant is not kept.
    """

    def ask() -> T | None:
        statement = build()
        return None if tells_an_instant(statement) else statement

    kept = remembered(("statement", key), ask, *parts) if parts else lasting(("statement", key), ask)
    return build() if kept is None else kept


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


def load_many(record: Any, relation: Any) -> None:
    """Fill a relationship of one record to many, as `selectinload` would, by a statement that is kept."""
    to, [(here, there)] = relation.property.mapper.class_, relation.property.local_remote_pairs

    def build() -> Select[Any]:
        return select(to).where(there == bindparam("its_key")).order_by(*(relation.property.order_by or ()))

    query = prepared(("of one", relation.class_, relation.key), build)
    found = db.session.scalars(query, {"its_key": getattr(record, here.key)}).all()
    set_committed_value(record, relation.key, list(found))
