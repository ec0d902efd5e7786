"""What the history speaks of, and the case that it belongs to: for whoever is shown what changed last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, literal

from app.db import Model


def spoken_of(
    query: Select, record: type[Model], case: type[Model], *, name: Any, number: Any = ""
) -> Select:
    """`query`, of the six columns that each context gives: each `record` of it, and the `case` whose page tells of it.

    People know the case by its `name`, and by its `number` where it has one: columns of the query, or a text.
    """
    return query.with_only_columns(
        literal(record.kind).label("kind"),
        record.id.label("id"),
        literal(case.kind).label("case_kind"),
        case.id.label("case_id"),
        (literal(number) if isinstance(number, str) else number).label("number"),
        name.label("name"),
    )
