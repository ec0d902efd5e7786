"""What was submitted, as the pages show it: what changed since the submission before, files, question by question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.applications.forms import ReturnForm
from app.applications.models import Application, Submission
from app.applications.sections import WHOLE
from app.questions.freezing import Difference, FrozenAnswer, compare


@dataclass(frozen=True)
class Part:
    """A question as it was answered, beside the box for what is wrong with the answer."""

    key: str
    label: str
    box: Any
    answer: FrozenAnswer | None = None  # none for the application as a whole
    asked_before: str = ""  # what the office had asked for here the time before
    before: Difference | None = None  # what was changed since the submission before


def parts_of(application: Application, form: ReturnForm) -> list[Part]:
    """The questions in the order of the task list, each with its box, and last of all the whole."""
    shown = application.last_submission
    said = shown.said if shown else None
    earlier = dict(application.corrections[-1].defects) if application.corrections else {}
    changes = differences(application, shown) if shown else {}
    found = []
    for section in said.sections if said else ():
        for answer in section.answers:
            if box := form.boxes.get(answer.key):
                label = str(box.label.text)
                asked = earlier.get(answer.key) or earlier.get(section.key, "")
                found.append(Part(answer.key, label, box, answer, asked, changes.get(answer.key)))
    whole = form.boxes[WHOLE]
    return [*found, Part(WHOLE, str(whole.label.text), whole, asked_before=earlier.get(WHOLE, ""))]


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
