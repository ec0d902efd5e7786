"""The form of a call: what no application can do without, and how it is looked at before it is published.

The keys stay what they are: answers, returns and addresses of pages go by them. Everything else of a form is the
officers' own; what a new call begins with stands in `default_form`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.lifecycle import N_
from app.questions.definition import BadDefinition, Definition, Question

OWN = "answers-"  # begins the keys of what was asked before forms were edited: a section with one long text, a number
TITLE, SUMMARY, TECHNOLOGY, JOINT, FILES = (
    "title",
    "summary",
    "technologies",
    "joint_applicants",
    "attachments",
)
TITLE_MAX, SUMMARY_MAX, JOINT_MAX, FILES_MAX = 200, 800, 50, 10

# Key → its kind, and why a form cannot do without it.
NEEDED = {
    TITLE: (
        "short_text",
        N_("Lists, letters and mails call an application by its title, so every form asks for it."),
    ),
    SUMMARY: (
        "long_text",
        N_("Reviewers and the page of the results show the summary, so every form asks for it."),
    ),
    TECHNOLOGY: (
        "technologies",
        N_("The register and the statistics go by the technologies, so every form asks for them."),
    ),
    JOINT: (
        "local_governments",
        N_("Letters and the announcement name all applicants, so every form asks who applies jointly."),
    ),
}


def why_needed(key: str) -> str:
    """Why a question cannot be removed, a msgid; empty for one that can."""
    return NEEDED[key][1] if key in NEEDED else ""


def faults_of_form(form: Definition) -> list[tuple[str, dict[str, Any]]]:
    """What keeps a form from being asked of applicants, as (msgid, values)."""
    return [*form.faults, *_faults_of_needed(form)]


def check_form(form: Definition) -> None:
    """Raises BadDefinition."""
    if faults := faults_of_form(form):
        raise BadDefinition(faults)


def _faults_of_needed(form: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, (kind, why) in NEEDED.items():
        asked = form.questions.get(key)
        if asked is None or asked.kind != kind:
            yield why, {}
        else:
            yield from _faults_of(asked)


def _faults_of(asked: Question) -> Iterator[tuple[str, dict[str, Any]]]:
    values = {"question": asked.label.ja}
    if not asked.required or asked.condition is not None:
        yield N_("“%(question)s” is always asked, and required."), values
    if asked.key == TITLE and asked.asked.settings["max_chars"] > TITLE_MAX:
        yield (
            N_("A title has at most %(most)s characters: letters have room for no more."),
            {"most": TITLE_MAX},
        )
    if asked.key == JOINT and not asked.asked.settings["confirm"]:
        yield N_("“%(question)s” asks for a word that the list is complete."), values
