"""Mails that went out, against the entries that tell of it. What waits to be sent is kept by the guards alone."""

from __future__ import annotations

from functools import partial

from sqlalchemy import exists, or_, select

from app import seals
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.proof.parts import SEALED, Part, batches, entries_about, note_unsealed, seals_of

SENT = ("mail_sent", "mail_kept")


def mails() -> Part:
    part = Part("mails")
    gone_out = or_(Mail.sent_at.is_not(None), Mail.kept_path.is_not(None))
    for rows in batches(select(Mail.__table__).where(gone_out).order_by(Mail.id)):
        by_subject = entries_about("mail", [row.id for row in rows], (*SENT, SEALED))
        for row in rows:
            part.looked_at += 1
            name, entries = f"mail {row.id} ({row.subject})", by_subject.get(row.id, [])
            sealed = seals_of(entries)
            if not any(entry.event in SENT for entry in entries):
                part.tell(
                    f"{name} stands as sent, and the history does not tell so: it was put in past the application."
                )
            elif not all(seals.holds("mail", it, partial(getattr, row)) for it in sealed):
                part.tell(
                    f"{name} is not what was sent by entry {entries[0].id}: it was changed. Restore it from a backup."
                )
            elif not sealed:
                note_unsealed(part)
    _those_gone(part)
    return part


def _those_gone(part: Part) -> None:
    gone = select(HistoryEntry.id, HistoryEntry.subject_id).where(
        HistoryEntry.subject_kind == "mail",
        HistoryEntry.event.in_(SENT),
        ~exists().where(
            Mail.id == HistoryEntry.subject_id, or_(Mail.sent_at.is_not(None), Mail.kept_path.is_not(None))
        ),
    )
    for entry in db.session.execute(gone):
        part.tell(
            f"mail {entry.subject_id} is gone, or does not stand as sent: entry {entry.id} tells that it was. Restore it."
        )
