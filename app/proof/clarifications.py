"""Published questions and answers (質疑応答), and each wording they had, against the entries of their call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import select

from app import seals
from app.db import db
from app.history import HistoryEntry
from app.programmes.models import Clarification, ClarificationEdition
from app.proof.parts import SEALED, Look, Part, batches, entries_about, seals_of, tell_each

PUBLISHED, EDITED, WITHDRAWN = "clarification_published", "clarification_edited", "clarification_withdrawn"
WORDED = (PUBLISHED, EDITED)


def clarifications() -> Part:
    """Each reads as it was published, edited or withdrawn last, its wordings are all there, and none is gone."""
    part = Part("clarifications")
    tell_each(part, looks())
    tell_each(part, looks_at_editions())
    _those_gone(part)
    return part


def looks() -> Iterator[Look]:
    for rows in batches(select(Clarification.__table__).order_by(Clarification.id), 100):
        by_call = entries_about("call", {row.call_id for row in rows}, (*WORDED, WITHDRAWN))
        sealed = entries_about("clarification", [row.id for row in rows], (SEALED,))
        for row in rows:
            entries = [it for it in by_call.get(row.call_id, []) if it.changes["number"] == row.number]
            yield _look(row, entries, sealed.get(row.id, []))


def _look(row: Any, entries: list[Any], sealed: list[Any]) -> Look:
    name = f"question {row.number} of call {row.call_id} (id {row.id})"
    if not entries:
        return Look(
            row, f"{name} is published, and the history does not tell so: it was put in past the application."
        )
    last = entries[-1]
    found = seals_of([last, *(it for it in sealed if it.id > last.id)])
    stands = (row.edition, row.withdrawn_at is not None)
    if (last.changes["edition"], last.event == WITHDRAWN) != stands or not all(
        seals.holds("clarification", it, partial(getattr, row)) for it in found
    ):
        return Look(
            row, f"{name} is not what entry {last.id} tells: it was changed. Restore it from a backup."
        )
    return Look(row, sealed=bool(found))


def looks_at_editions() -> Iterator[Look]:
    query = (
        select(
            ClarificationEdition.__table__,
            Clarification.call_id,
            Clarification.number.label("question_number"),
        )
        .outerjoin(Clarification, Clarification.id == ClarificationEdition.clarification_id)
        .order_by(ClarificationEdition.id)
    )
    for rows in batches(query, 100):
        by_call = entries_about("call", {row.call_id for row in rows}, WORDED)
        sealed = entries_about("clarification_edition", [row.id for row in rows], (SEALED,))
        for row in rows:
            it_is = (row.question_number, row.number)
            entries = [
                it
                for it in by_call.get(row.call_id, [])
                if (it.changes["number"], it.changes["edition"]) == it_is
            ]
            yield _look_at_edition(row, entries, seals_of(sealed.get(row.id, [])))


def _look_at_edition(row: Any, entries: list[Any], found: list[str]) -> Look:
    name = f"wording {row.number} of question {row.question_number} of call {row.call_id} (id {row.id})"
    if not entries:
        return Look(row, f"{name} is nothing that the history tells: it was put in past the application.")
    found += [str(it.changes["edition_seal"]) for it in entries if "edition_seal" in it.changes]
    if not all(seals.holds("clarification_edition", it, partial(getattr, row)) for it in found):
        return Look(
            row, f"{name} is not what entry {entries[0].id} tells: it was changed. Restore it from a backup."
        )
    return Look(row, sealed=bool(found))


def _those_gone(part: Part) -> None:
    query = select(HistoryEntry.id, HistoryEntry.subject_id, HistoryEntry.changes).where(
        HistoryEntry.subject_kind == "call", HistoryEntry.event.in_(WORDED)
    )
    for entries in batches(query.order_by(HistoryEntry.id)):
        there = _wordings({entry.subject_id for entry in entries})
        for entry in entries:
            number, edition = entry.changes["number"], entry.changes["edition"]
            if edition not in there[entry.subject_id, number]:
                part.tell(
                    f"wording {edition} of question {number} of call {entry.subject_id}, published by entry {entry.id}, is "
                    "gone. Restore it."
                )


def _wordings(calls: set[int]) -> dict[tuple[int, int], set[int]]:
    """(call, number of the question) → the numbers of its wordings."""
    query = (
        select(Clarification.call_id, Clarification.number, ClarificationEdition.number.label("edition"))
        .join(ClarificationEdition, ClarificationEdition.clarification_id == Clarification.id)
        .where(Clarification.call_id.in_(calls))
    )
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for row in db.session.execute(query):
        found[row.call_id, row.number].add(row.edition)
    return found
