"""Write into a project's accompaniment log, correct an entry, withdraw it. Every wording is kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app import calendar
from app.accompaniment.models import ENTRY_KINDS, OF_OFFICE, LogEdition, LogEntry, side_of
from app.db import db, held
from app.explained import N_
from app.lifecycle import NotAllowed
from app.organisations.models import Tenure
from app.organisations.operations import Refused
from app.projects.models import Project

WORDS = ("entry_kind", "held_on", "participants", "text", "next_step")


class Withdrawn(Exception):
    """It was withdrawn meanwhile, and is not changed any more."""


def write(
    project: Project,
    *,
    entry_kind: str,
    held_on: date,
    text: str,
    participants: str = "",
    next_step: str = "",
    within_office: bool = False,
    actor: Tenure,
    at: datetime,
) -> LogEntry:
    """A new entry. `within_office`: nobody but the office reads it, which alone may say so.

    Raises NotAllowed, Refused for a day to come, ValueError for an unknown kind or without a word of what was said.
    """
    if not actor.may("log.write", project):
        raise NotAllowed(project, "write into the log", "not permitted")
    side = side_of(actor.role)
    if within_office and side != OF_OFFICE:
        raise NotAllowed(project, "write within the office", "of another side")
    _refuse(entry_kind, held_on, text, at)
    made = LogEntry(
        project=project,
        entry_kind=entry_kind,
        held_on=held_on,
        participants=participants,
        text=text,
        next_step=next_step,
        within_office=within_office,
        side=side,
        organisation_id=actor.organisation_id,
        seat_id=actor.seat_id,
        author=actor.name,
        author_seat=f"{actor.organisation_name} {actor.seat_name}",
        written_at=at,
        created_at=at,
    )
    db.session.add(made)
    _keep_edition(made, actor=actor, at=at)
    db.session.flush()
    made.record("log_entry_written", actor=actor, at=at, changes=_told(made), audience=_audience(made))
    return made


def correct(entry: LogEntry, *, shown: bool = False, actor: Tenure, at: datetime, **words: Any) -> None:
    """Other words (all of WORDS) in the place of the present ones, which are kept. The same words change nothing.

    `shown`: what was within the office is shown to the others from now on; what was shown stays so. Raises Withdrawn,
    NotAllowed, else as `write`.
    """
    entry = _held(entry, actor)
    _refuse(words["entry_kind"], words["held_on"], words["text"], at)
    opened = shown and entry.within_office
    if opened:
        entry.within_office = False
        entry.record("log_entry_shown", actor=actor, at=at, changes=_told(entry))
    if all(getattr(entry, name) == words[name] for name in WORDS):
        return
    for name in WORDS:
        setattr(entry, name, words[name])
    entry.edition += 1
    entry.edited_at = at
    _keep_edition(entry, actor=actor, at=at)
    entry.record("log_entry_corrected", actor=actor, at=at, changes=_told(entry), audience=_audience(entry))


def withdraw(entry: LogEntry, *, reason: str, actor: Tenure, at: datetime) -> None:
    """Take an entry out of the log, as one that was written about another project: its words are kept, the reason is shown.

    Raises Withdrawn, NotAllowed, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("an entry is withdrawn for a reason")
    entry = _held(entry, actor)
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawal_reason = at, actor.name, reason
    changes = {**_told(entry), "reason": reason}
    entry.record("log_entry_withdrawn", actor=actor, at=at, changes=changes, audience=_audience(entry))


def _held(entry: LogEntry, actor: Tenure) -> LogEntry:
    found = held(entry)
    if not actor.may("log_entry.correct", found):
        raise NotAllowed(found, "correct", "not permitted")
    if found.is_withdrawn:
        raise Withdrawn(f"log entry {found.id} is withdrawn")
    return found


def _refuse(entry_kind: str, held_on: date, text: str, at: datetime) -> None:
    if entry_kind not in ENTRY_KINDS or not text.strip():
        raise ValueError("an entry has a kind, and says something")
    if held_on > calendar.day_of(at):
        raise Refused(N_("Write it down once it has taken place; this day is still to come."))


def _keep_edition(entry: LogEntry, *, actor: Tenure, at: datetime) -> None:
    words = {name: getattr(entry, name) for name in WORDS}
    number = entry.edition or 1
    entry.editions.append(
        LogEdition(number=number, written_at=at, written_by=actor.name, created_at=at, **words)
    )


def _told(entry: LogEntry) -> dict[str, Any]:
    return {"entry_kind": entry.entry_kind, "held_on": entry.held_on, "edition": entry.edition or 1}


def _audience(entry: LogEntry) -> str:
    return "office" if entry.within_office else "all"
