"""What each part of the proof hands back: how much was looked at, and in sentences what does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select

from app.db import db
from app.history import HistoryEntry
from app.lifecycle import N_

T = TypeVar("T")

MOST_TOLD = 200  # sentences of one part; the others are counted
BATCH = 500
HANDED_IN = ("submit", "resubmit")


# What it comes to when a part does not hold, for whoever does not read the sentences.
MEANS = {
    "guards": N_("What keeps the tables from being changed is not as it must be."),
    "chain": N_("Entries of the history were changed, put in or taken out."),
    "head": N_("The history and its signed heads do not agree, or no head can be read."),
    "letters": N_("Issued letters were changed, put in or taken out."),
    "numbers": N_("The registers of numbers do not agree with the letters or applications."),
    "submissions": N_("What was handed in was changed, put in or taken out."),
    "answers": N_("Answers that were frozen were changed, put in or taken out."),
    "outcomes": N_("Results or their announcement are not what the history tells."),
    "messages": N_("Messages that were sent were changed, put in or taken out."),
    "clarifications": N_("Published questions and answers were changed, put in or taken out."),
    "checks": N_("What was found at the items of checklists was changed, put in or taken out."),
    "mails": N_("Mails that went out were changed, put in or taken out."),
    "files": N_("Files are missing, or were changed."),
    "rows": N_("Rows hold what cannot be read."),
}


@dataclass
class Part:
    """One part of the proof. A problem names the record and what to do; a note is no problem."""

    name: str
    looked_at: int = 0
    broken: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def tell(self, sentence: str) -> None:
        self.broken += 1
        if len(self.problems) < MOST_TOLD:
            self.problems.append(sentence)

    @property
    def holds(self) -> bool:
        return not self.broken

    def to_json(self) -> dict[str, Any]:
        return {
            "part": self.name,
            "holds": self.holds,
            "looked_at": self.looked_at,
            "broken": self.broken,
            "problems": self.problems,
            "notes": self.notes,
        }


def batches(query: Any, size: int = BATCH) -> Iterator[Sequence[Any]]:
    """The rows of `query`, a few at a time, whatever their number."""
    result = db.session.execute(query.execution_options(yield_per=size))
    try:
        yield from result.partitions()
    finally:
        result.close()


def entries_about(kind: str, ids: Iterable[int], events: Iterable[str]) -> dict[int, list[Any]]:
    """The history's entries of these kinds about some records, by record, the oldest first; one question."""
    query = (
        select(
            HistoryEntry.id,
            HistoryEntry.subject_id,
            HistoryEntry.event,
            HistoryEntry.changes,
            HistoryEntry.at,
            HistoryEntry.actor_name,
        )
        .where(
            HistoryEntry.subject_kind == kind,
            HistoryEntry.subject_id.in_(list(ids)),
            HistoryEntry.event.in_(list(events)),
        )
        .order_by(HistoryEntry.id)
    )
    found: dict[int, list[Any]] = {}
    for entry in db.session.execute(query):
        found.setdefault(entry.subject_id, []).append(entry)
    return found


SEALED = (
    "sealed"  # the entry that binds a record to the chain whose own entry was written before there were seals
)


def seals_of(entries: Iterable[Any]) -> list[str]:
    """The seals that these entries carry, the oldest first."""
    return [str(entry.changes["seal"]) for entry in entries if entry.changes.get("seal")]


def note_unsealed(part: Part) -> None:
    """Written by a version that knew no seals: the chain has its hash, if not all of its columns."""
    note = "some were written by an earlier version and are not sealed yet: the daily jobs do it, or flask history seal"
    if note not in part.notes:
        part.notes.append(note)


@dataclass
class Look:
    """One row held against the history: what is wrong with it, and whether a seal binds it."""

    row: Any
    problem: str = ""
    sealed: bool = True


def tell_each(part: Part, looks: Iterable[Look]) -> None:
    for look in looks:
        part.looked_at += 1
        if look.problem:
            part.tell(look.problem)
        elif not look.sealed:
            note_unsealed(part)
