"""Submissions and outcomes against the entries of the history that tell of them."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from sqlalchemy import exists, select

from app import lines, seals
from app.applications.models import Application, Submission
from app.db import db
from app.history import HistoryEntry
from app.lifecycle.application import NOT_SELECTED, OVER, SELECTED, WITHDRAWN
from app.lifecycle.call import ANNOUNCED as ANNOUNCED_CALL
from app.programmes.models import Call
from app.proof.parts import HANDED_IN, SEALED, Part, batches, entries_about, note_unsealed, seals_of
from app.seals import canonical
from app.selection.models import Result

OUTCOMES = {"select": SELECTED, "decline_to_select": NOT_SELECTED, "withdraw": WITHDRAWN}
ANNOUNCED = ("announce", "record_past")
RESULT = ("record_result", "result_changed")


def submissions() -> Part:
    part = Part("submissions")
    for rows in batches(select(Submission.__table__).order_by(Submission.id), 100):
        by_subject = entries_about("application", [row.application_id for row in rows], HANDED_IN)
        sealed = entries_about("submission", [row.id for row in rows], (SEALED,))
        for row in rows:
            part.looked_at += 1
            _check(part, row, by_subject.get(row.application_id, []), seals_of(sealed.get(row.id, [])))
    _those_gone(part)
    return part


def _check(part: Part, row: Any, entries: list[Any], sealed: list[str]) -> None:
    name = f"submission {row.id} of application {row.content.get('number')} (id {row.application_id})"
    entry = next((it for it in entries if it.changes.get("sha256") == row.sha256), None)
    if hashlib.sha256(canonical(row.content)).hexdigest() != row.sha256:
        part.tell(f"{name} was changed: its content does not have its SHA-256. Restore it from a backup.")
    elif entry is None:
        part.tell(
            f"{name} is not what the history tells was handed in: it was changed, or put in past the application."
        )
    else:
        sealed = seals_of([entry]) + sealed
        if not all(seals.holds("submission", it, partial(getattr, row)) for it in sealed):
            part.tell(
                f"{name} is not what was handed in by entry {entry.id}: it was changed. Restore it from a backup."
            )
        elif not sealed:
            note_unsealed(part)


def _those_gone(part: Part) -> None:
    query = select(HistoryEntry.id, HistoryEntry.subject_id, HistoryEntry.changes).where(
        HistoryEntry.subject_kind == "application", HistoryEntry.event.in_(HANDED_IN)
    )
    for entries in batches(query.order_by(HistoryEntry.id)):
        of_them = select(Submission.application_id, Submission.sha256).where(
            Submission.application_id.in_({entry.subject_id for entry in entries})
        )
        there = {(row.application_id, row.sha256) for row in db.session.execute(of_them)}
        for entry in entries:
            if (entry.subject_id, entry.changes.get("sha256")) not in there:
                number = entry.changes.get("number")
                part.tell(
                    f"what application {number} handed in by entry {entry.id} is gone, or was changed. Restore it."
                )


def outcomes() -> Part:
    """Announced calls, decided applications and their reasons stand as the history tells."""
    part = Part("outcomes")
    _of_applications(part)
    _of_results(part)
    _of_calls(part)
    return part


def _of_applications(part: Part) -> None:
    decided = select(Application.id, Application.number, Application.state).where(OVER.of(Application))
    for rows in batches(decided.order_by(Application.id)):
        by_subject = entries_about("application", [row.id for row in rows], OUTCOMES)
        for row in rows:
            part.looked_at += 1
            entries = by_subject.get(row.id, [])
            if not entries or row not in OUTCOMES[entries[-1].event]:
                part.tell(
                    f"application {row.number} (id {row.id}) stands as {row.state}, and the history does not tell so: "
                    "its outcome was changed. Restore it from a backup."
                )
    undone = select(HistoryEntry.id, HistoryEntry.subject_id, HistoryEntry.event).where(
        HistoryEntry.subject_kind == "application",
        HistoryEntry.event.in_(OUTCOMES),
        ~exists().where(Application.id == HistoryEntry.subject_id, OVER.of(Application)),
    )
    for entry in db.session.execute(undone):
        part.tell(
            f"application {entry.subject_id} does not stand as entry {entry.id} tells ({OUTCOMES[entry.event].only}): its "
            "outcome was changed, or it is gone. Restore it from a backup."
        )


def _of_results(part: Part) -> None:
    for rows in batches(select(Result.__table__).order_by(Result.id)):
        by_subject = entries_about("application", [row.application_id for row in rows], RESULT)
        for row in rows:
            part.looked_at += 1
            recorded: dict[str, Any] = {}
            for entry in by_subject.get(row.application_id, []):
                for what in ("selected", "reasons"):
                    value = entry.changes.get(what, recorded.get(what))
                    recorded[what] = value[1] if isinstance(value, list) else value
            # What was written before texts were made neutral stands in the history as it was typed.
            if (recorded.get("selected"), lines.neutral(recorded.get("reasons") or "")) != (
                row.selected,
                row.reasons,
            ):
                part.tell(
                    f"the result of application {row.application_id} is not the one that the history tells: it was "
                    "changed. Restore it from a backup."
                )


def _of_calls(part: Part) -> None:
    for rows in batches(
        select(Call.id, Call.code, Call.announced_count).where(ANNOUNCED_CALL.of(Call)).order_by(Call.id)
    ):
        by_subject = entries_about("call", [row.id for row in rows], ANNOUNCED)
        for row in rows:
            part.looked_at += 1
            entries = by_subject.get(row.id, [])
            if not entries or entries[-1].changes.get("announced_count") != row.announced_count:
                part.tell(
                    f"call {row.code} (id {row.id}) stands announced with {row.announced_count} selected, and the "
                    "history does not tell so. Restore it from a backup."
                )
    undone = select(HistoryEntry.id, HistoryEntry.subject_id).where(
        HistoryEntry.subject_kind == "call",
        HistoryEntry.event.in_(ANNOUNCED),
        ~exists().where(Call.id == HistoryEntry.subject_id, ANNOUNCED_CALL.of(Call)),
    )
    for entry in db.session.execute(undone):
        part.tell(
            f"call {entry.subject_id} is not announced any more, as entry {entry.id} tells it was. Restore it."
        )
