"""Frozen answers as rows for open data and spreadsheets: one row a response, the columns of each question's kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.questions.definition import Definition, Question
from app.questions.freezing import answers_in


def header(form: Definition) -> list[str]:
    return [
        f"{question.label} {column}".strip()
        for question in form.questions.values()
        for column in question.asked.columns()
    ]


def rows(form: Definition, contents: Iterable[Mapping[str, Any]]) -> Iterable[list[Any]]:
    """A row for each frozen content, in the columns of `form`; what it does not answer stays empty."""
    for content in contents:
        answers = {it.key: it for it in answers_in(content)}
        yield [
            cell
            for question in form.questions.values()
            for cell in _cells(question, answers.get(question.key))
        ]


def _cells(question: Question, answer: Any) -> list[Any]:
    if answer is None or answer.question.kind != question.kind:
        return [None] * len(question.asked.columns())
    return list(question.asked.data(answer.value))
