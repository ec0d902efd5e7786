"""Freezing: what was answered at one instant, word for word, with its hash; and what differs between two such copies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from app.actors import Actor
from app.db import db, held, record
from app.questions.answering import problems_of
from app.questions.definition import Question, Words, asked_now
from app.questions.kind import Problem
from app.questions.kinds.file import File
from app.questions.models import FrozenResponse, Response
from app.questions.wording import Piece, in_one, marked
from app.seals import canonical, seal_of
from app.web.i18n import japanese

SCHEMA = 1
FROZEN = "answers_frozen"  # the event


class Incomplete(Exception):
    """It cannot be handed in yet; `problems` says what is missing or too long, section by section."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.msgid for problem in problems))
        self.problems = problems


def freeze(
    response: Response, *, beside: Mapping[str, Any] | None = None, actor: Actor, at: datetime
) -> FrozenResponse:
    """Keep what is answered now for good. Raises Incomplete while anything required is missing.

    `beside` is what a context freezes with the answers, as plain values, under the same hash.
    The history has its hash and its seal; that it was handed in is told by the context whose record it is about.
    """
    response = held(response)
    if problems := problems_of(response):
        raise Incomplete(problems)
    content = {
        "schema": SCHEMA,
        "frozen_at": at.isoformat(),
        "frozen_by": actor.name,
        "subject": {"kind": response.subject_kind, "id": response.subject_id},
        **content_of(response),
        **({"beside": dict(beside)} if beside is not None else {}),
    }
    digest = hashlib.sha256(canonical(content)).hexdigest()
    frozen = FrozenResponse(frozen_at=at, frozen_by=actor.name, content=content, sha256=digest, created_at=at)
    seal = seal_of(frozen, response_id=response.id)
    record(response, FROZEN, actor=actor, at=at, changes={"sha256": digest, "seal": seal}, audience="proof")
    response.frozen.append(frozen)
    db.session.flush()
    return frozen


def content_of(response: Response) -> dict[str, Any]:
    """The form's version, and section by section what is asked and answered now, as plain values.

    Each answer carries the words of its question, so that it can be read when the form is long another.
    """
    form, values = response.form, response.values
    asked = asked_now(form, values)
    return {
        "form": {
            "template": response.version.template_id,
            "version": response.version.number,
            "sha256": response.version.sha256,
        },
        "sections": [
            {
                "key": section.key,
                "label": section.label.to_json(),
                **({"heading": section.heading.to_json()} if section.heading else {}),
                "answers": [
                    frozen_answer(question, values.get(question.key, question.asked.empty))
                    for question in section.questions
                    if question.key in asked
                ],
            }
            for section in form.sections
        ],
    }


def frozen_answer(question: Question, value: Any) -> dict[str, Any]:
    return {
        "key": question.key,
        "kind": question.kind,
        "label": question.label.to_json(),
        "value": question.asked.freeze(value),
    }


@dataclass(frozen=True)
class FrozenAnswer:
    """One frozen answer, for whoever shows it."""

    section: str
    key: str
    label: Words
    question: Question
    value: Any

    @property
    def text(self) -> str:
        """As it is read, in the language of the page; made once, since a page asks whether there is any, too."""
        language = japanese()
        if language not in self._texts:
            self._texts[language] = self.question.asked.shown(self.value)
        return self._texts[language]

    @cached_property
    def _texts(self) -> dict[bool, str]:
        return {}


def answers_in(content: Mapping[str, Any]) -> Iterator[FrozenAnswer]:
    """The answers of a frozen content, in its order."""
    for section in content["sections"]:
        for answer in section["answers"]:
            question = Question.of(answer)
            yield FrozenAnswer(section["key"], answer["key"], question.label, question, answer["value"])


def files_in(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The files that a frozen content names."""
    for section in content.get("sections", ()):
        for answer in section["answers"]:
            if answer["kind"] == File.name:
                yield from answer["value"]


@dataclass(frozen=True)
class Difference:
    """What became of one answer between two frozen copies, its words marked on both sides."""

    section: str
    key: str
    label: Words
    status: str  # changed | new | gone
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]

    @property
    def in_one(self) -> list[tuple[str, str]]:
        """Both sides as one text: see wording.in_one."""
        return in_one(self.old, self.new)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs from one frozen content to a later one, in the order of the later; what was taken away comes last."""
    old, found = {answer.key: answer for answer in answers_in(before)}, []
    for answer in answers_in(after):
        was = old.pop(answer.key, None)
        if was is None:
            found.append(_difference(answer, "new", ((), (Piece(answer.text, True),))))
        elif was.value != answer.value:
            if was.question.kind == answer.question.kind:
                sides = marked(*answer.question.asked.changed(was.value, answer.value))
            else:
                sides = ((Piece(was.text, True),), (Piece(answer.text, True),))
            found.append(_difference(answer, "changed", sides))
    return found + [_difference(was, "gone", ((Piece(was.text, True),), ())) for was in old.values()]


def _difference(
    answer: FrozenAnswer, status: str, sides: tuple[tuple[Piece, ...], tuple[Piece, ...]]
) -> Difference:
    return Difference(answer.section, answer.key, answer.label, status, *sides)
