"""Correcting (補正) of an application: what is common of it stands in app/questions/correcting.py; here is whose it is.

Returns of before there were remarks by question name a section: all its questions.
"""

from __future__ import annotations

from datetime import datetime

from app.actors import Actor, SeatedActor
from app.applications.content import Content
from app.applications.models import Application, Correction
from app.applications.sections import whole_words
from app.db import db, held, writing
from app.lifecycle.application import RETURNED
from app.programmes.form import OWN
from app.questions import correcting
from app.questions.correcting import Correcting, Remark
from app.questions.definition import Words


def remarks_of(correction: Correction, content: Content) -> list[Remark]:
    """The remarks in the order of the form, under the names that their places had in what was handed in."""
    return correcting.remarks_of(
        correction.defects, content, whole=whole_words(), named=lambda key: Words(key.removeprefix(OWN))
    )


def remarks_to_mend(application: Application) -> list[Remark]:
    """Those of the return that waits to be answered."""
    correction, last = application.open_correction, application.last_submission
    return remarks_of(correction, last.said) if correction and last else []


def locked(application: Application) -> frozenset[str]:
    """The questions whose answers must stay as they were handed in, until it is resubmitted."""
    return _correcting(application).locked if application in RETURNED else frozenset()


def stays(application: Application, section: str, closed: frozenset[str]) -> bool:
    """Whether nothing that the section asks now may be changed, `closed` being what is locked."""
    return correcting.stays(application.answered, section, closed)


def may_change(application: Application, key: str) -> bool:
    """Whether the answer to this question may be changed now."""
    return application.is_editable and key not in locked(application)


def changed_since_submission(application: Application) -> set[str]:
    """The questions whose answers are other than those last handed in."""
    return _correcting(application).changed


def is_mended(application: Application, key: str) -> bool:
    """Whether something was changed where the remark under `key` asks for it."""
    return _correcting(application).is_mended(key)


def to_mend_and_mended(application: Application) -> tuple[list[Remark], list[Remark]]:
    """The remarks where nothing was changed yet, and those where something was."""
    return _correcting(application).to_mend_and_mended(remarks_to_mend(application))


def note_opening(application: Application, *, actor: SeatedActor, at: datetime) -> None:
    """Remember who of the body first looked at the return that waits; a consultant does not look for it. Commits.

    A page that is only read changes nothing else: the note has a transaction of its own.
    """
    correction = application.open_correction
    if correction is None or correction.opened_at or not actor.may("application.hand_over", application):
        return
    correction_id, name = correction.id, actor.name
    with writing():
        found = held(db.session.get_one(Correction, correction_id))
        _note_opened(found, name, at)
        db.session.commit()


def note_opened_by(application: Application, *, actor: Actor, at: datetime) -> None:
    """Whoever of the body mends something has seen what is asked for, on whichever page."""
    of_body = actor.may("application.hand_over", application)
    if of_body and (correction := application.open_correction) and not correction.opened_at:
        _note_opened(correction, actor.name, at)


def _correcting(application: Application) -> Correcting:
    correction, last = application.open_correction, application.last_submission
    return Correcting(
        application.answered, last.said if last else None, correction.defects if correction else None
    )


def _note_opened(correction: Correction, name: str, at: datetime) -> None:
    if correction.opened_at is None:  # somebody else may have come first
        correction.opened_at, correction.opened_by = at, name
