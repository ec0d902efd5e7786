"""Editing a form: each act takes a definition and gives another one. Nothing is stored here.

A key is given once: what an earlier version asked under it is never asked as something else (see `carrying`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.questions.definition import Definition, Question, Section, Words
from app.questions.models import FormTemplate
from app.seals import canonical

_NUMBERED = re.compile(r"[sq]([1-9][0-9]{0,5})")


def mark_of(part: Section | Question | Definition) -> str:
    """What a page names to say from which wording it was filled; another wording has another one.

    Of a section it is that of its own words, without its questions.
    """
    plain: Any = part.to_json()
    if isinstance(part, Section):
        plain = {name: value for name, value in plain.items() if name != "questions"}
    return hashlib.sha256(canonical(plain)).hexdigest()[:20]


def next_key(template: FormTemplate, begin: str) -> str:
    """A key (`begin` and a number) that no version of the form has or had."""
    taken = [
        int(found[1])
        for version in template.versions
        for key in _keys(version.form)
        if (found := _NUMBERED.fullmatch(key))
    ]
    return f"{begin}{max(taken, default=0) + 1}"


def _keys(form: Definition) -> Iterable[str]:
    yield from form.questions
    yield from (section.key for section in form.sections)


def with_words(form: Definition, key: str, label: Words, guidance: Words) -> Definition:
    """The section `key` under another name. Raises KeyError."""
    section = form.section(key)
    heading = label if section.heading == section.label else section.heading
    return form.with_section(replace(section, label=label, help=guidance, heading=heading))


def without_section(form: Definition, key: str) -> Definition:
    """Raises KeyError."""
    form.section(key)
    return replace(form, sections=tuple(it for it in form.sections if it.key != key))


def with_section_moved(form: Definition, key: str, by: int) -> Definition:
    """The section so many places further down; at an end it stays. Raises KeyError."""
    return replace(form, sections=_moved(form.sections, form.sections.index(form.section(key)), by))


def with_question(form: Definition, section: str, question: Question) -> Definition:
    """With this question in the place of its namesake; a new one, and one from another section, comes last.

    Raises KeyError for a section that there is not.
    """
    there = form.section(section)
    if form.section_of.get(question.key) == section:
        asked = tuple(question if it.key == question.key else it for it in there.questions)
        return form.with_section(replace(there, questions=asked))
    rest = without_question(form, question.key) if question.key in form.questions else form
    return rest.with_section(replace(there, questions=(*there.questions, question)))


def without_question(form: Definition, key: str) -> Definition:
    """Raises KeyError."""
    section = form.section(form.section_of[key])
    return form.with_section(
        replace(section, questions=tuple(it for it in section.questions if it.key != key))
    )


def with_question_moved(form: Definition, key: str, by: int) -> Definition:
    """The question so many places further down; at an end of its section into the next one. Raises KeyError."""
    place = next(at for at, it in enumerate(form.sections) if it.key == form.section_of[key])
    section = form.sections[place]
    within = section.questions.index(form.questions[key])
    if 0 <= within + by < len(section.questions):
        return form.with_section(replace(section, questions=_moved(section.questions, within, by)))
    if not 0 <= place + by < len(form.sections):
        return form
    beside, question = form.sections[place + by], form.questions[key]
    asked = (question, *beside.questions) if by > 0 else (*beside.questions, question)
    return without_question(form, key).with_section(replace(beside, questions=asked))


def standing_before(form: Definition, key: str | None, section: str) -> list[Question]:
    """Upon whose answers the question `key` may depend where it stands; a new one (None) stands last in `section`."""
    found: list[Question] = []
    for each in form.sections:
        for question in each.questions:
            if question.key == key:
                return found
            if question.asked.choices_for_conditions():
                found.append(question)
        if key is None and each.key == section:
            break
    return found


def depending_on(form: Definition, keys: Iterable[str]) -> list[Question]:
    """The questions that are asked only upon the answer to one of these, and are not among them."""
    gone = set(keys)
    return [
        it
        for it in form.questions.values()
        if it.condition and it.condition.question in gone and it.key not in gone
    ]


def _moved(them: tuple[Any, ...], place: int, by: int) -> tuple[Any, ...]:
    to = place + by
    if not 0 <= to < len(them):
        return them
    found = list(them)
    found.insert(to, found.pop(place))
    return tuple(found)
