"""What the history speaks of, and the case that it belongs to: for whoever is shown what changed last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal

from app.db import Model


@dataclass(frozen=True)
class Spoken:
    """Records of one kind and the cases that they belong to; `query` has six columns."""

    kind: str
    key: Any  # the id of the record, in the query
    query: Select

    def of(self, ids: Collection[int]) -> Select:
        """Of these records alone."""
        return self.query.where(self.key.in_(ids))


def spoken_of(
    query: Select, record: type[Model], case: type[Model], *, name: Any, number: Any = ""
) -> Spoken:
    """`query`, of the six columns that each context gives: each `record` of it, and the `case` whose page tells of it.

    People know the case by its `name`, and by its `number` where it has one: columns of the query, or a text.
    """
    columns = (
        literal(record.kind).label("kind"),
        record.id.label("id"),
        literal(case.kind).label("case_kind"),
        case.id.label("case_id"),
        (literal(number) if isinstance(number, str) else number).label("number"),
        name.label("name"),
    )
    return Spoken(record.kind, record.id, query.with_only_columns(*columns))
