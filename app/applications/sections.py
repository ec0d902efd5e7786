"""The sections of an application, as its call's form has them: what is done and what still needs action."""

from __future__ import annotations

from dataclasses import dataclass

from app.applications.models import Application
from app.applications.reapplication import rule_problems
from app.lifecycle import N_
from app.questions.answering import problems_of as problems_in
from app.questions.definition import Words, asked_now, in_both
from app.questions.freezing import Incomplete
from app.questions.kind import Problem


@dataclass(frozen=True)
class Section:
    key: str
    label: str
    problems: tuple[Problem, ...]
    started: bool
    optional: bool = False

    @property
    def is_done(self) -> bool:
        return not self.problems and (self.started or not self.optional)


def sections_of(application: Application) -> list[Section]:
    """The sections in the order of the task list."""
    response = application.answered
    form, values = response.form, response.values
    asked, problems = asked_now(form, values), problems_of(application)
    found = []
    for section in form.sections:
        questions = [question for question in section.questions if question.key in asked]
        found.append(
            Section(
                section.key,
                str(section.label),
                tuple(problem for problem in problems if problem.section == section.key),
                started=any(
                    not it.asked.is_empty(values.get(it.key, it.asked.empty)) for it in section.questions
                ),
                optional=not any(question.required for question in questions),
            )
        )
    return found


def section_keys(application: Application) -> dict[str, str]:
    """Key → label, for whoever has to name a section (the office, when it returns an application)."""
    return {section.key: str(section.label) for section in application.answered.form.sections}


def whole_words() -> Words:
    return in_both(N_("The application as a whole"))


def problems_of(application: Application) -> list[Problem]:
    """What is missing or too long, and what the rules about applying again refuse."""
    return [*problems_in(application.answered), *rule_problems(application)]


def refuse_incomplete(application: Application) -> None:
    """Raises Incomplete while anything required is missing or too long."""
    problems = problems_of(application)
    if problems:
        raise Incomplete(problems)
