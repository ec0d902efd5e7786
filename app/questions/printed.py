"""Answers on paper: a question with its answer as a text, or as the rows of a table. In the language that is forced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.questions.content import AnsweredContent, AnsweredSection
from app.questions.definition import Question
from app.questions.kinds.table import Table


@dataclass(frozen=True)
class PrintedAnswer:
    """A question with its answer: as a text, or as the rows of a table."""

    label: str
    text: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class PrintedGroup:
    heading: str
    answers: list[PrintedAnswer]


def printed_groups(content: AnsweredContent) -> list[PrintedGroup]:
    """All that was answered, heading by heading."""
    return [
        PrintedGroup(group.heading, [it for section in group.sections for it in printed_answers(section)])
        for group in content.groups
    ]


def printed_answers(section: AnsweredSection) -> list[PrintedAnswer]:
    return [
        _printed(answer.question, answer.label.ja, answer.text, answer.value) for answer in section.answers
    ]


def _printed(question: Question, label: str, text: str, value: Any) -> PrintedAnswer:
    asked = question.asked
    if isinstance(asked, Table):
        return PrintedAnswer(label, text, asked.shown_heads(value), list(asked.shown_rows(value)))
    return PrintedAnswer(label, text, [], [])
