"""Correcting (補正): what a return asks for question by question, which questions it opens, and which were mended.

While an application stands returned, its answers may be changed where the office asked for it, and nowhere else:
what was checked stays as it was checked. With a question open those that are asked upon its answer, and those that no
submission has answered or that have become impossible to hand in since, because the form was changed. A remark on the
whole opens everything. Returns of before there were remarks by question name a section: all its questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.actors import Actor, SeatedActor
from app.applications.content import AnsweredSection, Content
from app.applications.models import Application, Correction
from app.applications.sections import WHOLE, whole_words
from app.db import db, held, writing
from app.lifecycle.application import RETURNED
from app.programmes.form import OWN
from app.questions.definition import Definition, Words, asked_now
from app.questions.freezing import FrozenAnswer


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


def keys_of(application: Application) -> set[str]:
    """Under which a remark may stand."""
    form = application.answered.form
    return {*form.questions, *(section.key for section in form.sections), WHOLE}


def name_of(section: AnsweredSection, answer: FrozenAnswer) -> Words:
    """What a place for a remark is called: the only question of a section by that section's name."""
    return section.label if len(section.answers) == 1 else answer.label


def remarks_of(correction: Correction, content: Content) -> list[Remark]:
    """The remarks in the order of the form, under the names that their places had in what was handed in."""
    return list(_remarks(dict(correction.defects), content))


def _remarks(texts: dict[str, str], content: Content) -> Iterator[Remark]:
    for section in content.sections:
        answered = {answer.key for answer in section.answers}
        if section.key in texts and section.key not in answered:
            yield Remark(section.key, section.label, texts.pop(section.key), section.key)
        for answer in section.answers:
            if answer.key in texts:
                yield Remark(answer.key, name_of(section, answer), texts.pop(answer.key), section.key)
    whole = texts.pop(WHOLE, "")
    for key, text in texts.items():  # asked since: nothing was handed in there
        yield Remark(key, Words(key.removeprefix(OWN)), text)
    if whole:
        yield Remark(WHOLE, whole_words(), whole)


def remarks_to_mend(application: Application) -> list[Remark]:
    """Those of the return that waits to be answered."""
    correction, last = application.open_correction, application.last_submission
    return remarks_of(correction, last.said) if correction and last else []


def locked(application: Application) -> frozenset[str]:
    """The questions whose answers must stay as they were handed in, until it is resubmitted."""
    correction, last = application.open_correction, application.last_submission
    if application not in RETURNED or correction is None or last is None:
        return frozenset()
    response, handed_in = application.answered, last.said.values
    form = response.form
    asked_for = {it for key in correction.defects for it in questions_under(form, key)}
    if WHOLE in correction.defects or not asked_for:
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


def stays(application: Application, section: str, closed: frozenset[str]) -> bool:
    """Whether nothing that the section asks now may be changed, `closed` being what is locked."""
    response = application.answered
    asked = asked_now(response.form, response.values)
    return bool(closed) and all(
        it.key in closed or it.key not in asked for it in response.form.section(section).questions
    )


def may_change(application: Application, key: str) -> bool:
    """Whether the answer to this question may be changed now."""
    return application.is_editable and key not in locked(application)


def changed_since_submission(application: Application) -> set[str]:
    """The questions whose answers are other than those last handed in."""
    last = application.last_submission
    if last is None:
        return set()
    response, handed_in = application.answered, last.said.values
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


def is_mended(application: Application, key: str) -> bool:
    """Whether something was changed where the remark under `key` asks for it."""
    changed = changed_since_submission(application)
    return (
        bool(changed)
        if key == WHOLE
        else not changed.isdisjoint(questions_under(application.answered.form, key))
    )


def to_mend_and_mended(application: Application) -> tuple[list[Remark], list[Remark]]:
    """The remarks where nothing was changed yet, and those where something was."""
    changed, form = changed_since_submission(application), application.answered.form
    waiting: list[Remark] = []
    mended: list[Remark] = []
    for remark in remarks_to_mend(application):
        here = changed if remark.key == WHOLE else changed.intersection(questions_under(form, remark.key))
        (mended if here else waiting).append(remark)
    return waiting, mended


def note_opening(application: Application, *, actor: SeatedActor, at: datetime) -> None:
    """Remember who of the body first looked at the return that waits; a consultant does not look for it. Commits.

    A page that is only read changes nothing else: the note has a transaction of its own.
    """
    correction = application.open_correction
    if correction is None or correction.opened_at or not actor.may("application.hand_over", application):
        return
    correction_id, name = correction.id, actor.name
    with writing():
        found = held(db.session.get_one(Correction, correction_id))
        _note_opened(found, name, at)
        db.session.commit()


def note_opened_by(application: Application, *, actor: Actor, at: datetime) -> None:
    """Whoever of the body mends something has seen what is asked for, on whichever page."""
    of_body = actor.may("application.hand_over", application)
    if of_body and (correction := application.open_correction) and not correction.opened_at:
        _note_opened(correction, actor.name, at)


def _note_opened(correction: Correction, name: str, at: datetime) -> None:
    if correction.opened_at is None:  # somebody else may have come first
        correction.opened_at, correction.opened_by = at, name
