"""Statements that are put together once, and records read without a session: half of what a question cost (ADR 37)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam, inspect, select
from sqlalchemy.orm import defer
from sqlalchemy.orm.attributes import instance_state, manager_of_class, set_committed_value
from sqlalchemy.sql import visitors

from app.db import db
from app.memory import is_open, lasting, remembered

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

    known = remembered(("statement", key), ask, *parts) if parts else lasting(("statement", key), ask)
    return build() if known is None else known


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

    They belong to no session: what the statement does not ask for cannot be asked of them (DetachedInstanceError).
    """
    found = db.session.connection().execute(statement, dict(values))
    names, manager, mapper = tuple(found.keys()), manager_of_class(model), inspect(model)
    not_asked_for = {it.key for it in mapper.column_attrs}.difference(names)
    records = []
    for row in found:
        record = manager.new_instance()
        record.__dict__.update(zip(names, row, strict=True))
        state = instance_state(record)
        state.key = mapper.identity_key_from_primary_key((record.id,))
        state.expired_attributes.update(not_asked_for)  # else they would say that there is nothing
        records.append(record)
    return records


def records(
    model: Any,
    key: Hashable,
    build: Callable[[], Select[Any]],
    values: Mapping[str, Any],
    without: Sequence[Any] = (),
) -> list[Any]:
    """The records that the statement `build` finds, asked with `values`; on a page that is only read they are apart."""
    if is_open():
        return read_apart(
            model, prepared((key, "apart"), lambda: columns_of(build(), model, without)), values
        )
    query = prepared(key, lambda: build().options(*(defer(it) for it in without)))
    return list(db.session.scalars(query, dict(values)))


def load_many(rows: Sequence[Any], relation: Any) -> None:
    """Fill a relationship to many (as `Project.applicants`), as `selectinload` would."""
    to, [(here, there)] = relation.property.mapper.class_, relation.property.local_remote_pairs

    def build() -> Select[Any]:
        asked = there.in_(bindparam("of_these", expanding=True))
        return select(to).where(asked).order_by(*(relation.property.order_by or ()))

    if not rows:
        return
    its: dict[Any, list[Any]] = {getattr(row, here.key): [] for row in rows}
    found = records(to, ("of many", relation.class_, relation.key), build, {"of_these": list(its)})
    for one in found:
        its[getattr(one, there.key)].append(one)
    for row in rows:
        for one in its[getattr(row, here.key)]:
            set_committed_value(one, relation.property.back_populates, row)
        set_committed_value(row, relation.key, its[getattr(row, here.key)])
