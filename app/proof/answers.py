"""Frozen answers against the entries of the history that tell of them."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from sqlalchemy import select

from app import seals
from app.db import db
from app.history import HistoryEntry
from app.proof.parts import Part, batches, entries_about, seals_of
from app.questions.freezing import FROZEN
from app.questions.models import FrozenResponse


def frozen_answers() -> Part:
    """Each copy has its hash, is the one that was told of, and none that was told of is gone."""
    part = Part("answers")
    for rows in batches(select(FrozenResponse.__table__).order_by(FrozenResponse.id), 100):
        by_subject = entries_about("response", [row.response_id for row in rows], (FROZEN,))
        for row in rows:
            part.looked_at += 1
            _check(part, row, by_subject.get(row.response_id, []))
    _those_gone(part)
    return part


def _check(part: Part, row: Any, entries: list[Any]) -> None:
    name = f"frozen copy {row.id} of response {row.response_id}"
    entry = next((it for it in entries if it.changes.get("sha256") == row.sha256), None)
    if hashlib.sha256(seals.canonical(row.content)).hexdigest() != row.sha256:
        part.tell(f"{name} was changed: its content does not have its SHA-256. Restore it from a backup.")
    elif entry is None:
        part.tell(f"{name} is not what the history tells was frozen: it was changed, or put in by somebody.")
    elif not all(seals.holds("frozen_response", it, partial(getattr, row)) for it in seals_of([entry])):
        part.tell(
            f"{name} is not what was frozen by entry {entry.id}: it was changed. Restore it from a backup."
        )


def _those_gone(part: Part) -> None:
    query = select(HistoryEntry.id, HistoryEntry.subject_id, HistoryEntry.changes).where(
        HistoryEntry.subject_kind == "response", HistoryEntry.event == FROZEN
    )
    for entries in batches(query.order_by(HistoryEntry.id)):
        of_them = select(FrozenResponse.response_id, FrozenResponse.sha256).where(
            FrozenResponse.response_id.in_({entry.subject_id for entry in entries})
        )
        there = {(row.response_id, row.sha256) for row in db.session.execute(of_them)}
        for entry in entries:
            if (entry.subject_id, entry.changes.get("sha256")) not in there:
                part.tell(
                    f"what was frozen of response {entry.subject_id} by entry {entry.id} is gone, or was changed. "
                    "Restore it from a backup."
                )
