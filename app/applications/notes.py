"""The office's notes on an application (内部メモ): what officers tell each other, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, Select, bindparam, select

from app.actors import Actor
from app.applications.models import Application
from app.applications.office_models import Note
from app.db import db
from app.lifecycle import NotAllowed
from app.statements import records


def add_note(application: Application, text: str, *, actor: Actor, at: datetime) -> Note:
    """Put a note behind the others; none is ever changed. Raises NotAllowed, ValueError for one without a word."""
    if not actor.may("application.note", application):
        raise NotAllowed(application, "note", "not permitted")
    if not text.strip():
        raise ValueError("a note needs a text")
    note = Note(application_id=application.id, text=text.strip(), written_by=actor.name, created_at=at)
    db.session.add(note)
    application.record("note_added", actor=actor, at=at, audience="office")
    return note


def notes_of(application: Application) -> Sequence[Note]:
    """The newest first. Only for a page of the office."""
    return records(Note, "notes", _notes, {"about": application.id})


def _notes() -> Select[Note]:
    asked = Note.application_id == bindparam("about", type_=Integer)
    return select(Note).where(asked).order_by(Note.id.desc())
