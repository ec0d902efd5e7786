"""Correcting (補正): what a return asks for question by question, which questions it opens, and which were mended.

While what was handed in stands returned, its answers may be changed where the office asked for it, and nowhere else:
what was checked stays as it was checked. With a question open those that are asked upon its answer, and those that were
never handed in or that have become impossible to hand in since, because the form was changed. A remark on the
whole opens everything. Knows no case (ADR 50): whoever returns brings the response, what was handed in, and the defects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.questions.content import AnsweredContent, AnsweredSection
from app.questions.definition import Definition, Words, asked_now
from app.questions.freezing import FrozenAnswer
from app.questions.models import Response

WHOLE = "whole"  # where a defect stands that is of no single section


@dataclass(frozen=True)
class Remark:
    """What is to be corrected at one place. `key` is that of a question, of a section, or WHOLE."""

    key: str
    label: Words
    text: str
    section: str = ""  # in which its page stands; of the whole there is none


def questions_under(form: Definition, key: str) -> tuple[str, ...]:
    """The questions that a remark under `key` is about; of the whole, and of what the form does not ask, none."""
    if key in form.questions:
        return (key,)
    return tuple(it.key for section in form.sections if section.key == key for it in section.questions)


def keys_of(form: Definition) -> set[str]:
    """Under which a remark may stand."""
    return {*form.questions, *(section.key for section in form.sections), WHOLE}


def refuse_defects(defects: Mapping[str, str], form: Definition) -> dict[str, str]:
    """The defects without what surrounds their texts. Raises ValueError without one, and for what the form does not ask."""
    named = {key: text.strip() for key, text in defects.items() if text.strip()}
    unknown = named.keys() - keys_of(form)
    if not named or unknown:
        raise ValueError(f"not asked: {sorted(unknown)}" if unknown else "a return needs a defect")
    return named


def name_of(section: AnsweredSection, answer: FrozenAnswer) -> Words:
    """What a place for a remark is called: the only question of a section by that section's name."""
    return section.label if len(section.answers) == 1 else answer.label


def remarks_of(
    defects: Mapping[str, str],
    content: AnsweredContent,
    *,
    whole: Words,
    named: Callable[[str], Words] = Words,
) -> list[Remark]:
    """The remarks in the order of the form, under the names that their places had in what was handed in.

    `whole` is what all of it is called, `named` what a question that was asked since is.
    """
    return list(_remarks(dict(defects), content, whole, named))


def _remarks(
    texts: dict[str, str], content: AnsweredContent, whole: Words, named: Callable[[str], Words]
) -> Iterator[Remark]:
    for section in content.sections:
        answered = {answer.key for answer in section.answers}
        if section.key in texts and section.key not in answered:
            yield Remark(section.key, section.label, texts.pop(section.key), section.key)
        for answer in section.answers:
            if answer.key in texts:
                yield Remark(answer.key, name_of(section, answer), texts.pop(answer.key), section.key)
    of_the_whole = texts.pop(WHOLE, "")
    for key, text in texts.items():  # asked since: nothing was handed in there
        yield Remark(key, named(key), text)
    if of_the_whole:
        yield Remark(WHOLE, whole, of_the_whole)


@dataclass(frozen=True)
class Correcting:
    """A response that stands returned: what was handed in last (None: nothing was), and what is asked to be corrected.

    `defects` is None where no return waits: then nothing is closed, and nothing is asked for.
    """

    response: Response
    handed_in: AnsweredContent | None
    defects: Mapping[str, str] | None

    @property
    def locked(self) -> frozenset[str]:
        """The questions whose answers must stay as they were handed in, until it is handed in anew."""
        if self.defects is None or self.handed_in is None:
            return frozenset()
        response, handed_in = self.response, self.handed_in.values
        form = response.form
        asked_for = {it for key in self.defects for it in questions_under(form, key)}
        if WHOLE in self.defects or not asked_for:
            return frozenset()
        values, opened = response.values, set[str]()
        for section in form.sections:  # a question stands behind the one that it depends on
            for question in section.questions:
                key, asked = question.key, question.asked
                depends = question.condition is not None and question.condition.question in opened
                if (
                    key in asked_for
                    or depends
                    or key not in handed_in
                    or any(asked.problems(values.get(key, asked.empty), section.key))
                ):
                    opened.add(key)
        return frozenset(form.questions.keys() - opened)

    @property
    def changed(self) -> set[str]:
        """The questions whose answers are other than those last handed in."""
        if self.handed_in is None:
            return set()
        response, handed_in = self.response, self.handed_in.values
        values, changed = response.values, set()
        for key, question in response.form.questions.items():
            value = values.get(key, question.asked.empty)
            if key in handed_in:
                same = question.asked.is_same(handed_in[key], value)
            else:  # it was not asked then
                same = question.asked.is_empty(value)
            if not same:
                changed.add(key)
        return changed

    def is_mended(self, key: str) -> bool:
        """Whether something was changed where the remark under `key` asks for it."""
        return self._is_touched(key, self.changed)

    def to_mend_and_mended(self, remarks: list[Remark]) -> tuple[list[Remark], list[Remark]]:
        """Those of the remarks where nothing was changed yet, and those where something was."""
        changed = self.changed
        waiting = [it for it in remarks if not self._is_touched(it.key, changed)]
        return waiting, [it for it in remarks if it not in waiting]

    def _is_touched(self, key: str, changed: set[str]) -> bool:
        if key == WHOLE:
            return bool(changed)
        return not changed.isdisjoint(questions_under(self.response.form, key))


def stays(response: Response, section: str, closed: frozenset[str]) -> bool:
    """Whether nothing that the section asks now may be changed, `closed` being what is locked."""
    asked = asked_now(response.form, response.values)
    return bool(closed) and all(
        it.key in closed or it.key not in asked for it in response.form.section(section).questions
    )


def kept_as_handed_in(response: Response, section: str, closed: frozenset[str]) -> list[FrozenAnswer]:
    """The answers of a section that are locked, to be read beside what is open."""
    asked = asked_now(response.form, response.values)
    return [
        FrozenAnswer(section, it.key, it.label, it, it.asked.freeze(response.value_of(it.key)))
        for it in response.form.section(section).questions
        if it.key in closed and it.key in asked
    ]
