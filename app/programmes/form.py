"""The form of a call: what every application says of itself, and the call's own questions.

What is asked of every application stands here alone; its order is that of the task list. The keys stay what they are:
answers, returns and addresses of pages go by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.lifecycle import N_
from app.programmes.technologies import TECHNOLOGIES
from app.questions.definition import Definition, Question, Section, Words, in_both

OWN = "answers-"  # begins the key of a section for one of the call's own questions
TITLE, SUMMARY, TECHNOLOGY, JOINT, FILES = (
    "title",
    "summary",
    "technologies",
    "joint_applicants",
    "attachments",
)
TITLE_MAX, SUMMARY_MAX, JOINT_MAX, FILES_MAX = 200, 800, 50, 10
LONGEST_ANSWER = 2000  # characters, where a call says nothing else


@dataclass(frozen=True)
class OwnQuestion:
    """One of the call's own questions, for those who list and edit them. `id` is the number in its address."""

    id: int
    label: str
    hint: str
    max_chars: int
    required: bool

    @property
    def key(self) -> str:
        return f"{OWN}{self.id}"


def own_questions(form: Definition) -> list[OwnQuestion]:
    return [_as_own(section.questions[0]) for section in form.sections if section.key.startswith(OWN)]


def application_form(rows: Iterable[Mapping[str, Any]], before: Definition | None = None) -> Definition:
    """The form that asks these questions of its own (label, hint, max_chars, required; `id` for one that was there).

    A question that is new gets a number that none had in the form `before`.
    """
    taken = {question.id for question in own_questions(before)} if before else set()
    last, used, own = max(taken, default=0), set[int](), []
    for row in rows:
        number = row.get("id")
        if number not in taken or number in used:
            number = last = last + 1
        used.add(number)
        own.append(_own_section(number, row))
    return Definition((_basics(), _technologies(), _joint_applicants(), *own, _attachments()))


def _as_own(question: Question) -> OwnQuestion:
    return OwnQuestion(
        id=int(question.key.removeprefix(OWN)),
        label=question.label.ja,
        hint=question.help.ja,
        max_chars=question.settings.get("max_chars", LONGEST_ANSWER),
        required=question.required,
    )


def _own_section(number: int, row: Mapping[str, Any]) -> Section:
    label = Words(row["label"])
    question = Question(
        key=f"{OWN}{number}",
        kind="long_text",
        label=label,
        help=Words(row.get("hint") or ""),
        required=row.get("required", True),
        settings={"max_chars": row.get("max_chars") or LONGEST_ANSWER},
        entry="text",
    )
    return Section(question.key, label, (question,), heading=in_both(N_("Answers to the questions")))


def _basics() -> Section:
    title = Question(
        TITLE,
        "short_text",
        in_both(N_("Title of the project")),
        required=True,
        settings={"max_chars": TITLE_MAX},
        words={
            "missing": in_both(N_("Enter the title of the project.")),
            "too_long": in_both(N_("The title is too long. Characters too many: %(over)s.")),
        },
    )
    summary = Question(
        SUMMARY,
        "long_text",
        in_both(N_("Summary")),
        help=in_both(
            N_("What you want to solve, with which technology, and where: so that a reader knows it at once.")
        ),
        required=True,
        settings={"max_chars": SUMMARY_MAX, "rows": 8},
        words={
            "missing": in_both(N_("Enter the summary.")),
            "too_long": in_both(N_("The summary is too long. Characters too many: %(over)s.")),
        },
    )
    return Section("basics", in_both(N_("Title and summary")), (title, summary))


def _technologies() -> Section:
    label = in_both(N_("Technologies"))
    asked = Question(TECHNOLOGY, "technologies", label, required=True, settings={"choices": [*TECHNOLOGIES]})
    return Section("technologies", in_both(N_("Future technologies")), (asked,))


def _joint_applicants() -> Section:
    label = in_both(N_("Joint applicants"))
    missing = in_both(N_("Confirm who applies jointly, or that your municipality applies alone."))
    asked = Question(
        JOINT,
        "local_governments",
        label,
        required=True,
        settings={"most": JOINT_MAX, "confirm": True},
        words={"missing": missing},
    )
    return Section("joint-applicants", label, (asked,), heading=in_both(N_("Applicants")))


def _attachments() -> Section:
    asked = Question(FILES, "file", in_both(N_("Files")), settings={"most": FILES_MAX})
    return Section("attachments", in_both(N_("Attachments")), (asked,))
