"""What was submitted, as the pages show it: what changed since the submission before, files, section by section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.applications.forms import ReturnForm
from app.applications.models import Application, Submission
from app.applications.sections import answer_key


@dataclass(frozen=True)
class Part:
    """A section as it was submitted, beside the box for what is wrong with it."""

    key: str
    label: str
    box: Any
    said: bool  # whether something of the submission stands here; nothing does for the application as a whole
    asked_before: str = ""  # what the office had asked for here the time before


def parts_of(application: Application, form: ReturnForm) -> list[Part]:
    """The sections in the order of the task list, each with its box."""
    shown = application.last_submission
    answered = {answer_key(answer["question_id"]) for answer in shown.content["answers"]} if shown else set()
    earlier = application.corrections[-1].defects if application.corrections else {}
    return [
        Part(key, str(box.label.text), box, key in answered | _EVERYWHERE, earlier.get(key, ""))
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
        for file in shown.content["attachments"]
    }


def changed_sections(application: Application, shown: Submission) -> set[str]:
    """The sections in which a submission differs from the one before it; none for the first."""
    place = application.submissions.index(shown)
    return _differing(application.submissions[place - 1].content, shown.content) if place else set()


def _differing(before: dict, after: dict) -> set[str]:
    answered = {answer["question_id"]: answer["text"] for answer in before["answers"]}
    of_sections = {
        "basics": ("title", "summary"),
        "technologies": ("technologies", "technologies_etc", "technologies_other"),
        "joint-applicants": ("joint_applicants",),
        "attachments": ("attachments",),
    }
    changed = {
        key for key, names in of_sections.items() if any(before[name] != after[name] for name in names)
    }
    return changed | {
        answer_key(answer["question_id"])
        for answer in after["answers"]
        if answered.get(answer["question_id"]) != answer["text"]
    }


_EVERYWHERE = {"basics", "technologies", "joint-applicants", "attachments"}
