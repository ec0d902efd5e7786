"""The sections of an application: what an applicant fills in, what is done and what still needs action."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from app.applications.models import Application
from app.lifecycle import N_
from app.programmes.models import Question
from app.web.i18n import shown_number

TITLE_MAX = 200
SUMMARY_MAX = 800
OTHER_TECHNOLOGIES_MAX = 200

WHOLE = "whole"  # where a defect stands that is of no single section
LABELS = {
    "basics": N_("Title and summary"),
    "technologies": N_("Future technologies"),
    "joint-applicants": N_("Joint applicants"),
    "attachments": N_("Attachments"),
}


@dataclass(frozen=True)
class Problem:
    """One thing that stands between the application and its submission; `anchor` is the id on the section's page."""

    section: str
    anchor: str
    msgid: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        counts = {name: shown_number(it) for name, it in self.values.items() if isinstance(it, int)}
        return _(self.msgid, **(self.values | counts))


@dataclass(frozen=True)
class Section:
    key: str
    title: str  # a question's own words; empty for the sections that every application has
    problems: tuple[Problem, ...]
    started: bool
    optional: bool = False
    question: Question | None = None

    @property
    def label(self) -> str:
        return self.title or name_of(self.key)

    @property
    def is_done(self) -> bool:
        return not self.problems and (self.started or not self.optional)


class Incomplete(Exception):
    """The application cannot be submitted yet; `problems` says what is missing or too long, section by section."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.msgid for problem in problems))
        self.problems = problems


def sections_of(application: Application) -> list[Section]:
    """The sections in the order of the task list."""
    return [
        _basics(application),
        _technologies(application),
        _joint_applicants(application),
        *(_answer(application, question) for question in application.call.questions),
        _attachments(application),
    ]


def section_keys(application: Application) -> dict[str, str]:
    """Key → label, for whoever has to name a section (the office, when it returns an application)."""
    return {section.key: section.label for section in sections_of(application)}


def whole_label() -> str:
    return _("The application as a whole")


def name_of(key: str) -> str:
    """The name of a section that every application has."""
    return _(LABELS[key])


def answer_key(question_id: int) -> str:
    return f"answers-{question_id}"


def problems_of(application: Application) -> list[Problem]:
    return [problem for section in sections_of(application) for problem in section.problems]


def refuse_incomplete(application: Application) -> None:
    """Raises Incomplete while anything required is missing or too long."""
    problems = problems_of(application)
    if problems:
        raise Incomplete(problems)


def _basics(application: Application) -> Section:
    return Section(
        "basics", "", tuple(_basics_problems(application)), bool(application.title or application.summary)
    )


def _basics_problems(application: Application) -> Iterator[Problem]:
    if not application.title:
        yield Problem("basics", "title", N_("Enter the title of the project."))
    if (over := len(application.title) - TITLE_MAX) > 0:
        yield Problem(
            "basics",
            "title",
            N_("The title is too long. Characters too many: %(over)s."),
            {"over": over},
        )
    if not application.summary:
        yield Problem("basics", "summary", N_("Enter the summary."))
    if (over := len(application.summary) - SUMMARY_MAX) > 0:
        yield Problem(
            "basics",
            "summary",
            N_("The summary is too long. Characters too many: %(over)s."),
            {"over": over},
        )


def _technologies(application: Application) -> Section:
    named = bool(application.technologies or application.technologies_other)
    problems = []
    if not named:
        sentence = N_("Choose at least one technology, or name another.")
        problems.append(Problem("technologies", "technologies-0", sentence))
    if (over := len(application.technologies_other) - OTHER_TECHNOLOGIES_MAX) > 0:
        sentence = N_("The other technologies are too long. Characters too many: %(over)s.")
        problems.append(Problem("technologies", "technologies_other", sentence, {"over": over}))
    return Section("technologies", "", tuple(problems), named)


def _joint_applicants(application: Application) -> Section:
    problem = Problem(
        "joint-applicants",
        "confirm",
        N_("Confirm who applies jointly, or that your municipality applies alone."),
    )
    confirmed = application.joint_confirmed
    return Section(
        "joint-applicants",
        "",
        () if confirmed else (problem,),
        confirmed or bool(application.joint_applicants),
    )


def _answer(application: Application, question: Question) -> Section:
    text, key = application.answer_to(question), answer_key(question.id)
    problems = []
    if question.required and not text:
        problems.append(Problem(key, "text", N_("Answer “%(question)s”."), {"question": question.label}))
    if (over := len(text) - question.max_chars) > 0:
        values = {"question": question.label, "over": over}
        problems.append(
            Problem(key, "text", N_("“%(question)s” is too long. Characters too many: %(over)s."), values)
        )
    return Section(
        key, question.label, tuple(problems), bool(text), optional=not question.required, question=question
    )


def _attachments(application: Application) -> Section:
    return Section("attachments", "", (), bool(application.attachments), optional=True)
