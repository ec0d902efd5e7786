"""Records written before there were seals get one each, in an entry of its own: once, after an upgrade."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import or_, select

from app.applications.models import Submission
from app.correspondence.models import Letter, Mail
from app.db import Model, record
from app.installation import Setting
from app.lifecycle.letter import ISSUED
from app.permissions import SYSTEM
from app.proof import checks, clarifications, messages
from app.proof.mails import SENT
from app.proof.parts import HANDED_IN, SEALED, batches, entries_about, seals_of
from app.seals import seal

DONE = "former_records_sealed"
WORDS_DONE = "former_words_sealed"  # of messages, published answers and checks: sealed since a later version


class _About:
    """Whom an entry is about: by kind and key, since the rows are read without their models."""

    def __init__(self, kind: str, key: int) -> None:
        self.kind, self.id = kind, key


def seal_former(*, at: datetime) -> int:
    """Seal every record that the history tells of and no entry seals; how many. Once done it asks no more."""
    return sum(
        seal_those(at=at) for done, seal_those in FORMER.items() if not Setting.get(done) and _note(done, at)
    )


def _note(done: str, at: datetime) -> bool:
    Setting.put(done, at.isoformat())
    return True


def _seal_records(*, at: datetime) -> int:
    """Issued letters, submissions and sent mails."""
    sealed = 0
    for model, those, key, kind, events in (
        (Letter, ISSUED.of(Letter), "id", "letter", ("issue",)),
        (Submission, Submission.id.is_not(None), "application_id", "application", HANDED_IN),
        (Mail, or_(Mail.sent_at.is_not(None), Mail.kept_path.is_not(None)), "id", "mail", SENT),
    ):
        sealed += _seal_each(model, those, key, kind, events, at)
    return sealed


def _seal_words(*, at: datetime) -> int:
    """Messages, published answers with their wordings, and checks: those that stand as the history tells."""
    sealed = 0
    for kind, looks in (
        ("message", messages.looks()),
        ("clarification", clarifications.looks()),
        ("clarification_edition", clarifications.looks_at_editions()),
        ("application_check", checks.looks()),
    ):
        for look in looks:
            if not look.problem and not look.sealed:
                _record(kind, look.row, at)
                sealed += 1
    return sealed


def _seal_each(
    model: type[Model], those: Any, key: str, kind: str, events: tuple[str, ...], at: datetime
) -> int:
    """`key` leads to the subject of the entries that tell of the record."""
    count = 0
    for rows in batches(select(model.__table__).where(those).order_by(model.id), 100):
        by_subject = entries_about(kind, [getattr(row, key) for row in rows], events)
        before = entries_about(model.kind, [row.id for row in rows], (SEALED,))
        for row in rows:
            of_row = [
                it
                for it in by_subject.get(getattr(row, key), [])
                if kind != "application" or it.changes.get("sha256") == row.sha256
            ]
            if of_row and not seals_of([*of_row, *before.get(row.id, [])]):
                _record(model.kind, row, at)
                count += 1
    return count


def _record(kind: str, row: Any, at: datetime) -> None:
    changes = {"seal": seal(kind, partial(getattr, row))}
    record(_About(kind, row.id), SEALED, actor=SYSTEM, at=at, changes=changes, audience="proof")


FORMER = {DONE: _seal_records, WORDS_DONE: _seal_words}
