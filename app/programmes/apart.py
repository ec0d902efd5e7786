"""Which programme a row of a list is of: a column and a filter, where there is more than one programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.programmes.models import Programme
from app.programmes.voice import all_programmes, name_of
from app.web import shown
from app.web.lists import Choice, Column

KEY = "programme"


@dataclass(frozen=True)
class InList:
    """What a list adds: nothing while there is one programme."""

    columns: Sequence[Column]
    filters: Sequence[Choice]
    beneath: Callable[[Any], Markup] | None = None
    """What stands beneath another entry of the row, where a list has no room for the column."""


def in_list(
    column: Any,
    of: Callable[[Any], int | None] = lambda row: row.programme_id,
    kind: str = "choice",
    join: Any = None,
) -> InList:
    """For a list narrowed by `column`, which holds the id of a programme; `of` gives that id for a row.

    `join` is the relationship to `column`, where it is not the list's own.
    """
    programmes = all_programmes()
    if len(programmes) < 2:
        return InList((), ())
    names = {it.id: name_of(it) for it in programmes}
    ids = {it.key: it.id for it in programmes}
    choices = {it.key: names[it.id] for it in programmes}
    label = _l("Programme")
    lines = {number: shown.beneath(name) for number, name in names.items()}
    return InList(
        (Column(KEY, label, lambda row: names.get(of(row) or 0, "")),),
        (Choice(KEY, label, choices, where=lambda key: column == ids[key], kind=kind, join=join),),
        lambda row: lines.get(of(row) or 0, shown.NOTHING),
    )


def chosen_programme(chosen: dict[str, str]) -> Programme | None:
    """The one that a list's filters in force name; None: all of them."""
    return next((it for it in all_programmes() if it.key == chosen.get(KEY)), None)
