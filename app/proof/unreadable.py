"""What cannot be read at all: a value that its column cannot hold, past the application. It ends no proof, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Column, Table, select
from sqlalchemy.exc import SQLAlchemyError

from app.applications.models import Application, Submission
from app.applications.office_models import Check
from app.conversations.models import Conversation, Message
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db
from app.history import HistoryEntry
from app.programmes.models import Call, Clarification, ClarificationEdition
from app.questions.models import FrozenResponse, ReceivedFile
from app.selection.models import Result

READ = tuple(
    model.__table__
    for model in (
        HistoryEntry,
        Letter,
        NumberRegister,
        Submission,
        FrozenResponse,
        ReceivedFile,
        Application,
        Result,
        Call,
        Conversation,
        Message,
        Clarification,
        ClarificationEdition,
        Check,
        Mail,
    )
)  # by the parts of the proof
# In JSON: never a list or a mere value.
OBJECTS = "history.changes", "letters.content", "submissions.content", "frozen_responses.content"


def unreadable() -> Iterator[str]:
    """The rows that cannot be read, in sentences. Slow: asked only once a part has stopped at one."""
    for table in READ:
        key = table.primary_key.columns[0]
        try:
            keys = db.session.scalars(select(key).order_by(key)).all()
        except SQLAlchemyError:
            db.session.rollback()
            yield f"the table {table.name} cannot be read, or is gone. Restore the database from a backup."
            continue
        for number in keys:
            for column in _broken_columns(table, key, number):
                yield (
                    f"{table.name} {number} cannot be read: its {column.name} is nothing that Banso writes; it was changed. "
                    "Restore it from a backup, then verify again."
                )


def _broken_columns(table: Table, key: Column[Any], number: Any) -> Iterator[Column[Any]]:
    if _reads(select(table).where(key == number), table.columns):
        return
    for column in table.columns:
        if not _reads(select(column).where(key == number), [column]):
            yield column


def _reads(query: Any, columns: Any) -> bool:
    try:
        row = db.session.execute(query).one()
    except Exception:  # noqa: BLE001 (each engine and each type has its own)
        return False
    return all(
        isinstance(value, dict)
        for column, value in zip(columns, row, strict=True)
        if isinstance(column.type, JSON) and str(column) in OBJECTS
    )
