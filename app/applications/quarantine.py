"""What was attached and is checked for malware: who is told of what was found, and by which job."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.applications import mails
from app.applications.attachments import section_of
from app.applications.blueprint import section_url
from app.applications.models import Application
from app.db import db
from app.permissions import APPLICANT, SYSTEM
from app.questions.models import ReceivedFile
from app.safekeeping import checking
from app.safekeeping.models import StoredFile
from app.web.tasks import Task

MANY = 500  # files that are put into the queue at one turn


def check_files(*, at: datetime) -> dict[str, int]:
    """Queue what came in while nobody checked, have all that waits checked, tell of what was found. Commits."""
    if not current_app.config["CLAMD"]:
        return {"told": tell_of_found(at=at)}
    queued = _queue_unscanned(at)
    db.session.commit()
    return {"queued": queued, **checking.check_waiting(calendar.now), "told": tell_of_found(at=at)}


def _queue_unscanned(at: datetime) -> int:
    """Files received before BANSO_CLAMD was set; they are in quarantine until they are found clean."""
    known = set(db.session.scalars(select(StoredFile.key).where(StoredFile.asked_at.is_not(None))))
    queued = 0
    for file in db.session.scalars(select(ReceivedFile).order_by(ReceivedFile.id.desc())):
        if file.path not in known:
            checking.ask_for(file.path, at=at)
            known.add(file.path)
            queued += 1
            if queued == MANY:
                break
    return queued


def tell_of_found(*, at: datetime) -> int:
    """Each applicant whose file it is, by mail and in the history of the application; each file once."""
    untold = select(StoredFile).where(StoredFile.finding != "", StoredFile.told_at.is_(None))
    count = 0
    for found in db.session.scalars(untold).all():
        for application, file in _with_file(found.key):
            changes = {"file": file.filename, "sha256": file.sha256, "finding": found.finding}
            application.record("malware_found", actor=SYSTEM, at=at, changes=changes, audience="applicant")
            mails.malware_found(application, file, finding=found.finding, at=at)
            count += 1
        found.told_at = at
    return count


def _with_file(path: str) -> Iterator[tuple[Application, ReceivedFile]]:
    """The applications that a file was sent to, each once."""
    query = (
        select(Application, ReceivedFile)
        .join(ReceivedFile, ReceivedFile.response_id == Application.response_id)
        .where(ReceivedFile.sha256 == path.split("/")[-1].split(".")[0])
        .order_by(Application.id, ReceivedFile.id.desc())
    )
    seen = set()
    for application, file in db.session.execute(query):
        if file.path == path and application.id not in seen:
            seen.add(application.id)
            yield application, file


def tasks(actor: Actor, at: datetime) -> list[Task]:
    """For the applicant: take the file off. For the office: what was handed in with malware."""
    if actor.role in APPLICANT:
        return list(_of_applicant(actor)) if actor.may("application.edit") else []
    return list(_of_office()) if actor.may("application.check") else []


def _of_applicant(actor: Actor) -> Iterator[Task]:
    for path in checking.infected():
        for application, file in _with_file(path):
            own = application.is_editable and actor.may("application.edit", application)
            section = section_of(application, path) if own else None
            if section:
                yield Task(
                    _("Take off an attachment in which malware was found"),
                    section_url(application, section.key),
                    about=file.filename,
                )


def _of_office() -> Iterator[Task]:
    for path in checking.infected():
        for application, file in _with_file(path):
            last = application.last_submission
            if last is not None and any(it["path"] == path for it in last.said.attachments):
                yield Task(
                    _("Return an application: malware was found in what was submitted"),
                    url_for("applications.show", application_id=application.id),
                    about=f"{application.number}　{file.filename}",
                )
