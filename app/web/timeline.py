"""What happened to a record, for the eyes of whoever reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Integer, String, bindparam, or_, select

from app import statements
from app.db import Model
from app.history import HistoryEntry
from app.web.i18n import audience

SHOWN = 50
READ = 4 * SHOWN  # entries: of these, runs are told as one
SAVED = "section_saved"
TOLD = {"office": ("all", "office"), "applicant": ("all", "applicant"), "public": ("all",)}


@dataclass(frozen=True)
class Saves:
    """What one person saved on one day with nothing else in between, told as one entry. Newest first."""

    entries: tuple[HistoryEntry, ...]
    event: str = "saves"

    @property
    def at(self) -> datetime:
        return self.entries[0].at

    @property
    def since(self) -> datetime:
        return self.entries[-1].at

    @property
    def actor_name(self) -> str:
        return self.entries[0].actor_name

    @property
    def sections(self) -> int:
        """How many parts of the record were saved, each counted once."""
        return len({entry.changes.get("section") for entry in self.entries})


Entry = HistoryEntry | Saves


def timeline(*records: Model, limit: int = SHOWN, within_office: bool = True) -> list[Entry]:
    """What happened to these records, newest first, of that which whoever reads this page is told.

    Not `within_office`: of that which everybody is told, for an administrator too.
    """
    reader = audience()
    audiences = TOLD["public" if reader == "office" and not within_office else reader]
    named: dict[str, Any] = {f"kind_{place}": record.kind for place, record in enumerate(records)}
    named |= {f"id_{place}": record.id for place, record in enumerate(records)}
    about = statements.records(
        HistoryEntry, ("timeline", len(records), audiences), lambda: _about(len(records), audiences), named
    )
    return list(_runs_as_one(about))[:limit]


def _about(records: int, audiences: tuple[str, ...]) -> Any:
    """The entries about so many records, named when it is asked."""
    about = [
        (HistoryEntry.subject_kind == bindparam(f"kind_{place}", type_=String))
        & (HistoryEntry.subject_id == bindparam(f"id_{place}", type_=Integer))
        for place in range(records)
    ]
    newest = select(HistoryEntry).where(or_(*about)).order_by(HistoryEntry.id.desc()).limit(READ)
    return newest.where(HistoryEntry.audience.in_(audiences))


def _runs_as_one(entries: Iterable[HistoryEntry]) -> Iterator[Entry]:
    for run, found in groupby(entries, key=_run_of):
        together = tuple(found)
        if run is None or len(together) == 1:
            yield from together
        else:
            yield Saves(together)


def _run_of(entry: HistoryEntry) -> tuple[Any, ...] | None:
    """What entries of one run have in common; None for what is always told by itself."""
    if entry.event != SAVED:
        return None
    who = entry.actor_person_id, entry.actor_name
    return entry.subject_kind, entry.subject_id, who, entry.at.date()
