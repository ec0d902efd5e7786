"""Copying: what was answered to another form, or for another occasion, is offered question by question.

An earlier answer is offered to the question of the same words and kind, else to the one of the same key and kind, where
it fits (as in carrying.py). What fits nowhere is given back to be read. What confirms something is never copied: whoever
answers confirms it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.questions.definition import Question, asked_now
from app.questions.freezing import FrozenAnswer, answers_in, frozen_answer
from app.questions.kind import Unreadable
from app.questions.models import Response


@dataclass(frozen=True)
class Offer:
    """An earlier answer beside the one that stands now."""

    section: str  # of the form that is answered now
    question: Question
    earlier: FrozenAnswer
    now: FrozenAnswer
    value: Any  # the earlier one, as this form keeps it

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def overwrites(self) -> bool:
        """Whether something else stands there already, which copying replaces."""
        return bool(self.now.text)

    @property
    def is_same(self) -> bool:
        """Nothing would change."""
        return self.now.text == self.earlier.text and self.now.value == self.earlier.value

    @property
    def is_worded_otherwise(self) -> bool:
        return self.earlier.label.ja != self.question.label.ja


@dataclass(frozen=True)
class Offered:
    offers: tuple[Offer, ...]
    unfit: tuple[FrozenAnswer, ...]  # to be read: nothing is asked now that they would fit


def offered(response: Response, content: Mapping[str, Any]) -> Offered:
    """What of a frozen `content` the response could take, in the order of its form."""
    given = {it.key: it for it in answers_in(content) if it.text and it.question.asked.copied}
    taken, offers = set[str](), []
    values = response.values
    for section in response.form.sections:
        for question in section.questions:
            found = next((it for it in _fitting(question, given) if it.key not in taken), None)
            value = _value(question, found) if found else None
            if found is None or value is None:
                continue
            taken.add(found.key)
            offers.append(Offer(section.key, question, found, _stands(section.key, question, values), value))
    return Offered(tuple(offers), tuple(it for it in given.values() if it.key not in taken))


def asked_with(response: Response, chosen: Mapping[str, Any]) -> set[str]:
    """The keys of those of `chosen` (key → value) that are asked once all of them are answered so."""
    return asked_now(response.form, {**response.values, **chosen}) & chosen.keys()


def _fitting(question: Question, given: Mapping[str, FrozenAnswer]) -> Iterator[FrozenAnswer]:
    """Of the same words first: two calls may number their own questions differently."""
    for it in given.values():
        if it.question.kind == question.kind and it.label.ja == question.label.ja:
            yield it
    same = given.get(question.key)
    if same is not None and same.question.kind == question.kind:
        yield same


def _value(question: Question, earlier: FrozenAnswer) -> Any:
    """The value as this form keeps it; None where it does not fit.

    Nor does what would read otherwise: a number in another unit, a table that has lost a column.
    """
    asked = question.asked
    try:
        value = asked.parse(earlier.question.asked.thaw(earlier.value))
    except Unreadable:
        return None
    fits = asked.fits(value) and not asked.is_empty(value)
    return value if fits and asked.shown(asked.freeze(value)) == earlier.text else None


def _stands(section: str, question: Question, values: Mapping[str, Any]) -> FrozenAnswer:
    plain = frozen_answer(question, values.get(question.key, question.asked.empty))
    return FrozenAnswer(section, question.key, question.label, question, plain["value"])
