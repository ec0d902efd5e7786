"""The lifecycle strip: where a record stands on its usual path, for the eyes of whoever reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.lifecycle import LIFECYCLES
from app.web.i18n import state_label


@dataclass(frozen=True)
class Step:
    label: str
    status: str  # done | current | next
    at: date | datetime | None


def lifecycle_steps(record: Any, reached: dict[str, date | datetime | None] | None = None) -> list[Step]:
    """The steps of `record`'s path; `reached` says when it came to a state, where that is known."""
    table = LIFECYCLES[record.kind]
    reached = reached or {}
    path = list(table.path)
    name = getattr(record, "standing", record.state)
    standing = table.beside.get(name, name)
    if standing not in path:  # an ending that is not the usual one takes the place of what did not happen
        path = [*[state for state in path[:-1] if reached.get(state)], standing]
    here = path.index(standing)
    finished = here == len(path) - 1

    def status(place: int) -> str:
        if place < here or (place == here and finished):
            return "done"
        return "current" if place == here else "next"

    return [
        Step(state_label(record, named), status(place), reached.get(named) or reached.get(state))
        for place, state in enumerate(path)
        for named in [name if place == here else state]
    ]


def acts_next(record: Any) -> str:
    """Who is to act while the record stands where it stands; empty when nobody is."""
    who = LIFECYCLES[record.kind].standing_of(record).acts_next
    return _(who) if who else ""
