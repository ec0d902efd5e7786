"""The tally of a survey: of each item how many were asked, how many answered, and what; by body and by initiative.

The two are never added up: an item that bodies are asked has their number beneath it, one that initiatives are asked has
theirs (seed 004: N=35 and N=75). What counts is what was handed in last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import db
from app.questions.definition import Definition, Question, Words
from app.questions.models import FrozenResponse
from app.surveys.models import BODIES, INITIATIVES, OF, Survey, SurveyAnswer, SurveyPart
from app.surveys.problems import NO_BOTTLENECK, NOT_OCCURRED

ONE, SEVERAL, NUMBER = "one_choice", "several_choices", "number"
TEXTS = ("short_text", "long_text")
NONE_OF_THEM = (
    NOT_OCCURRED,
    NO_BOTTLENECK,
    "なし",
    "特になし",
    "該当なし",
)  # what says that nothing occurred


@dataclass(frozen=True)
class Item:
    """One question as it was answered. `n` is how many of those `asked` gave an answer."""

    of: str
    section: str
    question: Question
    asked: int
    n: int
    answers: Mapping[str, int] = field(default_factory=dict)  # choice → how many, of a question with choices
    total: Decimal | None = None  # of a number: the sum of the answers

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def label(self) -> Words:
        return self.question.label

    @property
    def has_choices(self) -> bool:
        return self.question.kind in (ONE, SEVERAL)

    @property
    def nothing(self) -> str | None:
        """The choice that says that nothing occurred, where there is one."""
        return next((it for it in self.answers if it in NONE_OF_THEM), None)

    @property
    def occurred(self) -> int | None:
        """How many said that it occurred, whatever is done about it; None where that is not asked."""
        if self.question.kind != ONE or self.nothing is None:
            return None
        return sum(count for choice, count in self.answers.items() if choice != self.nothing)

    @property
    def ranked(self) -> list[tuple[str, int]]:
        """The choices that most gave first, without that which says that there is none; alike ones in their order."""
        found = [(choice, count) for choice, count in self.answers.items() if choice != self.nothing]
        return sorted(found, key=lambda it: -it[1])

    @property
    def mean(self) -> Decimal | None:
        return None if self.total is None or not self.n else (self.total / self.n).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class Tally:
    """All items of a survey, and how many bodies and initiatives there are and have handed in their answers."""

    items: tuple[Item, ...]
    asked: Mapping[str, int]  # BODIES, INITIATIVES → how many
    answered: Mapping[str, int]
    projects: int  # bodies that were asked anything, of themselves or of their initiatives

    def of(self, of: str) -> list[Item]:
        return [it for it in self.items if it.of == of]

    def item(self, of: str, key: str) -> Item | None:
        return next((it for it in self.items if (it.of, it.key) == (of, key)), None)


def tally_of(survey: Survey) -> Tally:
    """Asked in one statement, whatever was answered."""
    found = db.session.execute(
        select(SurveyPart.answer_id, SurveyPart.initiative_id, FrozenResponse.content)
        .join(SurveyAnswer, SurveyPart.answer_id == SurveyAnswer.id)
        .outerjoin(FrozenResponse, SurveyPart.frozen_id == FrozenResponse.id)
        .where(SurveyAnswer.survey_id == survey.id, SurveyPart.left_out.is_(False))
        .order_by(SurveyPart.id)
    ).all()
    parts: dict[str, list[Mapping[str, Any] | None]] = {of: [] for of in OF}
    for _answer, initiative, content in found:
        parts[BODIES if initiative is None else INITIATIVES].append(content)
    items = [item for of in OF if survey.asks(of) for item in _items(of, _asked_form(survey, of), parts[of])]
    return Tally(
        tuple(items),
        {of: len(parts[of]) for of in OF},
        {of: sum(content is not None for content in parts[of]) for of in OF},
        len({answer for answer, _initiative, _content in found}),
    )


def before_of(survey: Survey) -> Survey | None:
    """The survey that it was copied from, where that was asked: the same keys ask the same."""
    if survey.before_id is None:
        return None
    whole = joinedload(Survey.bodies_form), joinedload(Survey.initiatives_form)
    return db.session.scalars(select(Survey).where(Survey.id == survey.before_id).options(*whole)).one()


def _asked_form(survey: Survey, of: str) -> Definition:
    template = survey.template_of(of)
    return (template.published or template.newest).form


def _items(of: str, form: Definition, parts: Sequence[Mapping[str, Any] | None]) -> list[Item]:
    """Of what was handed in each question has its values; one that was not asked of somebody has none of theirs."""
    given: dict[str, list[Any]] = {key: [] for key in form.questions}
    for content in parts:
        for section in content["sections"] if content else ():
            for answer in section["answers"]:
                if answer["key"] in given:
                    given[answer["key"]].append(answer["value"])
    waiting = sum(content is None for content in parts)
    return [
        _item(of, str(section.label.ja), question, given[question.key], waiting)
        for section in form.sections
        for question in section.questions
    ]


def _item(of: str, section: str, question: Question, values: Sequence[Any], waiting: int) -> Item:
    """A question that depends on another answer is asked of those alone who were asked it."""
    answers = [value for value in values if not _is_empty(value)]
    asked = len(values) + (0 if question.condition else waiting)
    counted: dict[str, int] = {}
    if question.kind in (ONE, SEVERAL):
        counted = dict.fromkeys(question.asked.settings["choices"], 0)
        for value in answers:
            for choice in [value] if question.kind == ONE else value:
                counted[choice] = counted.get(choice, 0) + 1
    total = None
    if question.kind == NUMBER:
        total = sum((_decimal(value) for value in answers), Decimal())
    return Item(of, section, question, asked, len(answers), counted, total)


def _is_empty(value: Any) -> bool:
    if isinstance(value, Mapping):  # a table, a number with its unit, a period
        return not any(value.get(name) for name in ("number", "rows", "from", "until", "names", "bodies"))
    return value in ("", None, [], False)


def _decimal(value: Mapping[str, str]) -> Decimal:
    return Decimal(value["number"])
