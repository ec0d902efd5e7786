"""What was submitted, as the pages show it: what changed since the submission before, files, section by section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.applications.forms import ReturnForm
from app.applications.models import Application, Submission
from app.questions.freezing import changed_sections as differing


@dataclass(frozen=True)
class Part:
    """A section as it was submitted, beside the box for what is wrong with it."""

    key: str
    label: str
    box: Any
    has_answers: (
        bool  # whether something of the submission stands here; nothing does for the application as a whole
    )
    asked_before: str = ""  # what the office had asked for here the time before


def parts_of(application: Application, form: ReturnForm) -> list[Part]:
    """The sections in the order of the task list, each with its box."""
    shown = application.last_submission
    keys = {section.key for section in shown.said.sections} if shown else set()
    earlier = application.corrections[-1].defects if application.corrections else {}
    return [
        Part(key, str(box.label.text), box, key in keys, earlier.get(key, ""))
        for key, box in form.boxes.items()
    ]


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


def changed_sections(application: Application, shown: Submission) -> set[str]:
    """The sections in which a submission differs from the one before it; none for the first."""
    place = application.submissions.index(shown)
    if not place:
        return set()
    before = application.submissions[place - 1].said
    return differing(before.in_sections, shown.said.in_sections)
