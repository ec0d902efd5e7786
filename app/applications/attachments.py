"""Files of an application: those attached to it answer one question that every form has, others the call's own questions.

What is taken: app/questions/files.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.actors import Actor
from app.applications import drafting
from app.applications.models import Application, Attachment
from app.db import held
from app.programmes.form import FILES
from app.questions.definition import Section
from app.questions.files import Refused, clean_name, kind_of
from app.questions.kind import Unreadable, Upload
from app.questions.kinds.file import File
from app.storage import Incoming


def add_attachment(
    application: Application,
    filename: str,
    content: Incoming | bytes,
    *,
    max_bytes: int,
    actor: Actor,
    at: datetime,
) -> Attachment:
    """Keep `content` with the application, under its SHA-256 in the storage.

    Raises Refused for a file that is not taken, NotAllowed when the application is not open to editing.
    """
    application = drafting.open_for_editing(application, actor, at)
    name = clean_name(filename)
    upload = Upload(name, content)
    response = held(application.answered)
    asked, before = response.form.questions[FILES].asked, response.values.get(FILES, [])
    assert isinstance(asked, File)
    kind_of(name, upload.content, min(max_bytes, asked.max_bytes))
    changes = {"added": name, "sha256": upload.sha256}
    if replaced := [file["sha256"] for file in before if file["filename"] == name]:
        changes |= {"replaced": replaced[0]}
    try:
        _save(application, [*before, upload], changes, actor=actor, at=at)
    except Unreadable as problem:
        raise Refused.of(problem) from problem
    return application.attachments[-1]


def remove_attachment(
    application: Application, attachment_id: int, *, actor: Actor, at: datetime
) -> str | None:
    """Take a file off the application, and tell its name; one that is not there changes nothing. Raises NotAllowed.

    Its bytes stay in the storage: an earlier submission may name them.
    """
    application = drafting.open_for_editing(application, actor, at)
    before = held(application.answered).values.get(FILES, [])
    gone = next((file for file in before if file["id"] == attachment_id), None)
    if gone is None:
        return None
    changes = {"removed": gone["filename"], "sha256": gone["sha256"]}
    _save(application, [file for file in before if file is not gone], changes, actor=actor, at=at)
    return str(gone["filename"])


def files_of(application: Application) -> list[Attachment]:
    """Those of the draft, whichever question they answer."""
    response = application.answered
    asked = [it.key for it in response.form.questions.values() if it.kind == File.name]
    return [Attachment(**file) for key in asked for file in response.values.get(key, ())]


def section_of(application: Application, path: str) -> Section | None:
    """Where the file that is kept there answers a question; None for one that answers none any more."""
    response = application.answered
    for section in response.form.sections:
        for asked in section.questions:
            if asked.kind == File.name and any(it["path"] == path for it in response.value_of(asked.key)):
                return section
    return None


def former_files_of(application: Application) -> list[Attachment]:
    """Those that answered what the form does not ask any more."""
    return [
        Attachment(**file)
        for answer in application.answered.former
        if answer.question_kind == File.name
        for file in answer.value
    ]


def _save(
    application: Application, files: list[Any], changes: dict[str, Any], *, actor: Actor, at: datetime
) -> None:
    response = application.answered
    section = response.form.section_of[FILES]
    drafting.save(
        application,
        section,
        {FILES: files},
        version=response.version_of(section),
        changes=changes,
        actor=actor,
        at=at,
    )
