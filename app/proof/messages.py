"""Messages of conversations against the entries that tell they were sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import select

from app import seals
from app.conversations.models import Conversation, Message
from app.db import db
from app.history import HistoryEntry
from app.proof.parts import SEALED, Look, Part, batches, entries_about, seals_of, tell_each

SENT = "message_sent"


def messages() -> Part:
    """Each is what was sent, about the application that tells of it, and none that was sent is gone."""
    part = Part("messages")
    tell_each(part, looks())
    _those_gone(part)
    return part


def looks() -> Iterator[Look]:
    query = (
        select(Message.__table__, Conversation.application_id)
        .outerjoin(Conversation, Conversation.id == Message.conversation_id)
        .order_by(Message.id)
    )
    for rows in batches(query):
        by_subject = entries_about("application", {row.application_id for row in rows}, (SENT,))
        sealed = entries_about("message", [row.id for row in rows], (SEALED,))
        for row in rows:
            entries = [
                it for it in by_subject.get(row.application_id, []) if it.changes.get("message") == row.id
            ]
            yield _look(row, entries, sealed.get(row.id, []))


def _look(row: Any, entries: list[Any], sealed: list[Any]) -> Look:
    name = f"message {row.id} about application {row.application_id}"
    if not entries:
        return Look(
            row, f"{name} stands as sent, and the history does not tell so: it was put in, or put elsewhere."
        )
    found = seals_of([*entries, *sealed])
    digest = hashlib.sha256(row.text.encode()).hexdigest()
    if entries[0].changes.get("sha256") != digest or not all(
        seals.holds("message", it, partial(getattr, row)) for it in found
    ):
        changed = (
            f"{name} is not what was sent by entry {entries[0].id}: it was changed. Restore it from a backup."
        )
        return Look(row, changed)
    return Look(row, sealed=bool(found))


def _those_gone(part: Part) -> None:
    query = select(HistoryEntry.id, HistoryEntry.subject_id, HistoryEntry.changes).where(
        HistoryEntry.subject_kind == "application", HistoryEntry.event == SENT
    )
    for entries in batches(query.order_by(HistoryEntry.id)):
        wanted = [entry.changes.get("message") for entry in entries]
        there = set(db.session.scalars(select(Message.id).where(Message.id.in_(wanted))))
        for entry, number in zip(entries, wanted, strict=True):
            if number not in there:
                part.tell(
                    f"message {number} about application {entry.subject_id} is gone: entry {entry.id} tells that it was "
                    "sent. Restore it."
                )
