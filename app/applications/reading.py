"""What was submitted, as the pages show it: what changed since the submission before, files, question by question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for
from sqlalchemy import select

from app.applications.correcting import remarks_of
from app.applications.models import Application, Correction, Submission
from app.db import db
from app.memory import HOUSE, remembered
from app.questions import returning
from app.questions.correcting import WHOLE, Remark
from app.questions.freezing import Difference, compare
from app.questions.models import FormVersion
from app.questions.returning import Part, ReturnForm


def parts_of(application: Application, form: ReturnForm) -> list[Part]:
    """The questions in the order of the task list, each with its box, and last of all the whole."""
    shown = application.last_submission
    return returning.parts_of(
        shown.said if shown else None,
        form,
        earlier=application.corrections[-1].defects if application.corrections else {},
        changes=differences(application, shown).values() if shown else (),
    )


class Asked(NamedTuple):
    """What the form says of a question beside its words, which alone are frozen with the answer."""

    limit: int  # characters; 0: none
    criterion: str


def asked_in(shown: Submission) -> Mapping[str, Asked]:
    """Question's key → what the form of this submission says of it; nothing of one of before there were forms."""
    form = shown.content.get("form")
    if not form:
        return {}

    def ask() -> Mapping[str, Asked]:
        query = select(FormVersion).where(
            FormVersion.template_id == form["template"], FormVersion.number == form["version"]
        )
        version = db.session.scalar(query)
        asked = version.form.questions if version else {}
        return {key: Asked(it.settings.get("max_chars") or 0, it.criterion) for key, it in asked.items()}

    return remembered(("asked in a form", form["template"], form["version"]), ask, HOUSE)


def file_addresses(application: Application, shown: Submission) -> dict[str, str]:
    """SHA-256 → the address at which the file is to be had as it was handed in."""
    return {
        file["sha256"]: url_for(
            "applications.submitted_file",
            application_id=application.id,
            submission_id=shown.id,
            sha256=file["sha256"],
        )
        for file in shown.said.attachments
    }


def differences(application: Application, shown: Submission) -> dict[str, Difference]:
    """Question's key → what became of its answer since the submission before; of the first there is nothing to tell."""
    before = _before(application, shown)
    if before is None:
        return {}
    return {it.key: it for it in compare(before.said.in_sections, shown.said.in_sections)}


def _before(application: Application, shown: Submission) -> Submission | None:
    place = application.submissions.index(shown)
    return application.submissions[place - 1] if place else None


@dataclass(frozen=True)
class Answered:
    """A remark of a return beside what became of the answers it was about."""

    remark: Remark
    changes: tuple[Difference, ...]  # none where nothing was changed


@dataclass(frozen=True)
class Round:
    """A return, the submission upon it where there is one, and each remark with what was changed for it."""

    number: int
    correction: Correction
    submission: Submission | None
    answered: tuple[Answered, ...]


def rounds_of(application: Application) -> list[Round]:
    """The returns that were answered by another submission, the last one first."""
    found = []
    # Each return follows a submission and is answered by the next.
    pairs = zip(application.corrections, application.submissions, application.submissions[1:], strict=False)
    for number, (correction, before, after) in enumerate(pairs, start=1):
        changes = compare(before.said.in_sections, after.said.in_sections)
        answered = tuple(
            Answered(remark, tuple(it for it in changes if _concerns(remark, it)))
            for remark in remarks_of(correction, before.said)
        )
        found.append(Round(number, correction, after, answered))
    return found[::-1]


def _concerns(remark: Remark, change: Difference) -> bool:
    """A remark on a question concerns its answer, one on a section (as before) all of it, one on the whole everything."""
    return remark.key in (change.key, WHOLE) or (remark.key == remark.section == change.section)
