"""The history that cannot be rewritten.

At the commit the entries that `record()` collected are chained (each carries the hash of the one before it) under one
lock, so that the chain has one order on any number of workers. What is rolled back, wholly or to a savepoint, leaves no entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, Select, String, event, insert, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from app import lines
from app.db import PENDING, Model, UtcDateTime, db, shortened
from app.guards.rules import GENESIS

LONGEST_NAME = 200  # of whoever acted; not Composed, since the chain's hash is taken of what is kept


class HistoryEntry(db.Model):  # type: ignore[name-defined]
    """One thing that happened: who, in which seat, when, from where, what changed. Append-only."""

    __tablename__ = "history"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_person_id: Mapped[int | None]
    actor_seat_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    actor_role: Mapped[str] = mapped_column(String(40))
    origin: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    event: Mapped[str] = mapped_column(String(60))
    audience: Mapped[str] = mapped_column(String(20))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (db.Index("ix_history_subject_kind_subject_id", "subject_kind", "subject_id", "id"),)

    @classmethod
    def of(cls, record: Model) -> Select[Self]:
        """All entries about `record`, newest first, whoever they are for: see app/web/timeline.py for readers."""
        return (
            select(cls)
            .where(cls.subject_kind == record.kind, cls.subject_id == record.id)
            .order_by(cls.id.desc())
        )


def walk_the_chain() -> Iterator[tuple[dict[str, Any], list[tuple[int, str]]]]:
    """Every entry in its order, as a row, and what does not hold there: the number of an entry, and why."""
    previous, expected_id = GENESIS, 1
    query = select(HistoryEntry.__table__).order_by(HistoryEntry.id).execution_options(yield_per=500)
    with closing(db.session.execute(query).mappings()) as entries:
        for found in entries:
            row, broken = dict(found), []
            if row["id"] != expected_id:
                broken.append((expected_id, "missing"))
            elif row["previous_hash"] != previous:
                broken.append((row["id"], "does not follow the entry before it"))
            if _hash(row) != row["hash"]:
                broken.append((row["id"], "changed after it was written"))
            previous, expected_id = row["hash"], row["id"] + 1
            yield row, broken


def first_broken_entry() -> tuple[int, str] | None:
    """The first entry of the chain that does not hold, and why. None: all hold."""
    return next((broken[0] for _row, broken in walk_the_chain() if broken), None)


@dataclass(frozen=True)
class Head:
    """The last entry of the chain: its number and its hash."""

    id: int
    hash: str


@dataclass(frozen=True)
class Written:
    """What one commit has added to the chain: what it goes on from, its last entry, and the instant of that."""

    follows: Head
    head: Head
    at: datetime


history_was_written: list[
    Callable[[Written], None]
] = []  # called once the commit has happened; must not raise
_WRITTEN = "history_written"
_SAVEPOINTS = "history_at_savepoints"
_CHAIN_LOCK = 72018
origin: ContextVar[str] = ContextVar("origin", default="local")  # where the request comes from


@event.listens_for(
    db.session, "before_commit", insert=True
)  # before app/db.py looks whether anything is left
def _chain_pending_history(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(PENDING):
        return
    pending = session.info.pop(PENDING)
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = session.execute(
        select(HistoryEntry.id, HistoryEntry.hash).order_by(HistoryEntry.id.desc()).limit(1)
    ).first()
    number, previous = last or (0, GENESIS)
    rows = []
    follows = Head(number, previous)
    for subject, name, actor, at, changes, audience in pending:
        number += 1
        row = {
            "id": number,
            "at": at,
            "actor_person_id": actor.person_id,
            "actor_seat_id": actor.seat_id,
            "actor_name": shortened(lines.one_line(actor.name), LONGEST_NAME),
            "actor_role": actor.role,
            "origin": origin.get(),
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "event": name,
            "audience": audience,
            "changes": json.loads(json.dumps(changes, default=_plain, ensure_ascii=False)),
            "previous_hash": previous,
        }
        row["hash"] = previous = _hash(row)
        rows.append(row)
    session.execute(insert(HistoryEntry), rows)
    session.info[_WRITTEN] = Written(follows, Head(number, previous), rows[-1]["at"])


@event.listens_for(db.session, "after_commit")
def _tell_the_head(session: Session) -> None:
    written = None if session.in_nested_transaction() else session.info.pop(_WRITTEN, None)
    if written:
        for listener in history_was_written:
            listener(written)


@event.listens_for(db.session, "after_transaction_create")
def _note_where_a_savepoint_begins(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        begun = session.info.setdefault(_SAVEPOINTS, WeakKeyDictionary())
        begun[transaction] = len(session.info.get(PENDING, []))


@event.listens_for(db.session, "after_soft_rollback")
def _forget_pending_history(session: Session, previous_transaction: SessionTransaction) -> None:
    # What was undone did not happen, and the history must not say that it did.
    before = session.info[_SAVEPOINTS][previous_transaction] if previous_transaction.nested else 0
    del session.info.get(PENDING, [])[before:]
    if not previous_transaction.nested:
        session.info.pop(_WRITTEN, None)


def _hash(row: dict[str, Any]) -> str:
    content = {key: value for key, value in row.items() if key != "hash"}
    content["at"] = row["at"].astimezone(UTC).isoformat()
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
