"""The sections of an application, as its call's form has them: what is done and what still needs action."""

from __future__ import annotations

from dataclasses import dataclass

from app.applications.models import Application
from app.applications.reapplication import rule_problems
from app.lifecycle import N_
from app.lifecycle.application import BEFORE_SUBMISSION
from app.programmes.form import JOINT
from app.questions.answering import problems_of as problems_in
from app.questions.correcting import WHOLE
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
    """What is missing or too long, what the rules about applying again refuse, and bodies that there are no more."""
    return [*problems_in(application.answered), *rule_problems(application), *_merged(application)]


def _merged(application: Application) -> list[Problem]:
    """A body that has merged since it was named does not apply; what was handed in with it may be mended as it is."""
    if application not in BEFORE_SUBMISSION:
        return []
    msgid = N_("%(body)s has merged into %(successor)s: name that body instead.")
    section = application.answered.form.section_of.get(JOINT, WHOLE)
    return [
        Problem(section, JOINT, msgid, {"body": it.full_name, "successor": it.at_present.full_name})
        for it in application.bodies[1:]
        if it.merged_at is not None
    ]


def refuse_incomplete(application: Application) -> None:
    """Raises Incomplete while anything required is missing or too long."""
    problems = problems_of(application)
    if problems:
        raise Incomplete(problems)
