"""What officers found at the items of checklists, against the entries that tell of it. The newest finding counts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import select

from app import seals
from app.applications.models import Submission
from app.applications.office_models import Check
from app.db import db
from app.history import HistoryEntry
from app.proof.parts import SEALED, Look, Part, batches, entries_about, tell_each

CHECKED = "checked"


def checks() -> Part:
    """Each stands as it was found last, and none that was found is gone."""
    part = Part("checks")
    tell_each(part, looks())
    _those_gone(part)
    return part


def looks() -> Iterator[Look]:
    query = (
        select(Check.__table__, Submission.application_id)
        .outerjoin(Submission, Submission.id == Check.submission_id)
        .order_by(Check.id)
    )
    for rows in batches(query):
        by_subject = entries_about("application", {row.application_id for row in rows}, (CHECKED,))
        sealed = entries_about("application_check", [row.id for row in rows], (SEALED,))
        for row in rows:
            yield _look(row, by_subject.get(row.application_id, []), sealed.get(row.id, []))


def _look(row: Any, entries: list[Any], sealed: list[Any]) -> Look:
    name = f"the check {row.id} of application {row.application_id} ({row.label})"
    found = [(it.id, it.changes["seals"].get(str(row.id))) for it in entries if "seals" in it.changes]
    found = sorted([pair for pair in found if pair[1]] + [(it.id, it.changes["seal"]) for it in sealed])
    if found:
        entry, seal = found[-1]
        if seals.holds("application_check", seal, partial(getattr, row)):
            return Look(row)
        return Look(row, f"{name} is not what entry {entry} tells: it was changed. Restore it from a backup.")
    # Before there were seals, an entry had the item's words and what was found alone.
    former = (it.changes["items"].get(row.label) for it in entries if "seals" not in it.changes)
    if any(verdicts and verdicts[-1] == row.verdict for verdicts in former):
        return Look(row, sealed=False)
    return Look(row, f"{name} is not what the history tells: it was changed, or put in past the application.")


def _those_gone(part: Part) -> None:
    query = select(HistoryEntry.id, HistoryEntry.subject_id, HistoryEntry.changes).where(
        HistoryEntry.subject_kind == "application", HistoryEntry.event == CHECKED
    )
    gone: set[int] = set()
    for entries in batches(query.order_by(HistoryEntry.id)):
        wanted = {int(key): entry for entry in entries for key in entry.changes.get("seals", ())}
        there = set(db.session.scalars(select(Check.id).where(Check.id.in_(wanted))))
        for number in sorted(wanted.keys() - there - gone):
            gone.add(number)
            _tell(part, number, f"application {wanted[number].subject_id}", wanted[number].id)
    former = select(HistoryEntry.id, HistoryEntry.subject_id).where(
        HistoryEntry.subject_kind == "application_check",
        HistoryEntry.event == SEALED,
        ~select(Check.id).where(Check.id == HistoryEntry.subject_id).exists(),
    )
    for entry in db.session.execute(former.order_by(HistoryEntry.id)):
        if entry.subject_id not in gone:
            _tell(part, entry.subject_id, "an application", entry.id)


def _tell(part: Part, number: int, whose: str, entry: int) -> None:
    part.tell(f"the check {number} of {whose} is gone: entry {entry} tells of it. Restore it.")
