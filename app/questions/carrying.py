"""Carry-over: a draft goes on with a newer version of its form, and nothing that was typed is thrown away.

An answer belongs to the key of its question. Where the newer version asks the same key in a way that the answer fits,
it stays, in whichever section the question stands now. Everything else becomes a former answer, to be read beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.actors import Actor
from app.db import db, held
from app.questions.definition import Definition, Question, Section
from app.questions.models import CURRENT, FormVersion, Response


@dataclass(frozen=True)
class CarriedOver:
    """What became of the questions, by their keys."""

    moved: tuple[str, ...] = ()  # stand in another section now
    new: tuple[str, ...] = ()
    gone: tuple[
        str, ...
    ] = ()  # had an answer, and are not asked any more, or so differently that it does not fit


def carry_over(
    response: Response,
    to: FormVersion,
    *,
    about: Any = None,
    audience: str = "all",
    actor: Actor,
    at: datetime,
) -> CarriedOver:
    """Let the response answer `to`, a published version of the same form. To its own version nothing is done.

    Raises ValueError for a version of another form, or one that is not published. Sections that ask something else now
    count as saved once more, so that a page from before is stale.
    """
    response = held(response)
    before = response.version
    if to.template_id != before.template_id or to.published_at is None:
        raise ValueError("a response goes over to a published version of its own form")
    if to.id == before.id:
        return CarriedOver()
    old, new = response.form, response.asking(to.form)
    gone = _part_with_what_does_not_fit(response, new, before.number)
    _take_back_what_fits_again(response, new)
    outcome = CarriedOver(
        moved=tuple(
            key
            for key in new.questions
            if key in old.questions and old.section_of[key] != new.section_of[key]
        ),
        new=tuple(key for key in new.questions if key not in old.questions),
        gone=tuple(gone),
    )
    response.version = to
    response.saves = _saves(response, old, new)
    waiting = response.carried if response.carried and not response.carried.get("seen") else None
    gone_before = [key for key in (waiting or {}).get("gone", ()) if key not in gone]
    former = {answer.question for answer in response.former}
    response.carried = {
        "from": waiting["from"] if waiting else before.number,
        "to": to.number,
        "at": at.isoformat(),
        "moved": list(outcome.moved),
        "new": list(outcome.new),
        "gone": [key for key in (*gone_before, *gone) if key in former],
    }
    changes = {"version": [before.number, to.number]}
    (about if about is not None else response).record(
        "form_changed", actor=actor, at=at, changes=changes, audience=audience
    )
    db.session.flush()
    return outcome


def note_seen(response: Response, number: int | None, *, actor: Actor, at: datetime) -> None:
    """Whoever answers has looked at what the carry-over to version `number` did; of another one nothing is noted."""
    response = held(response)
    if response.carried and not response.carried.get("seen") and response.carried["to"] == number:
        seen = {"by": actor.name, "at": at.isoformat()}
        response.carried = {**response.carried, "seen": seen}
        db.session.flush()


def _part_with_what_does_not_fit(response: Response, new: Definition, number: int) -> list[str]:
    gone = []
    for answer in response.answers:
        if answer.former_of != CURRENT:
            continue
        asked = new.questions.get(answer.question)
        if asked is None or asked.kind != answer.question_kind or not asked.asked.fits(answer.value):
            answer.former_of = number
            gone.append(answer.question)
    return gone


def _take_back_what_fits_again(response: Response, new: Definition) -> None:
    """A question that had been left out and is asked again has its last answer again."""
    current = {answer.question for answer in response.answers if answer.former_of == CURRENT}
    for answer in sorted(response.former, key=lambda it: -it.former_of):
        asked = new.questions.get(answer.question)
        if asked is None or answer.question in current or asked.kind != answer.question_kind:
            continue
        if asked.asked.fits(answer.value):
            answer.former_of = CURRENT
            current.add(answer.question)


def _saves(response: Response, old: Definition, new: Definition) -> dict[str, Any]:
    before = {section.key: section for section in old.sections}
    saves = dict(response.saves)
    for section in new.sections:
        if section.key in saves and before.get(section.key) != section:
            saves[section.key] = {**saves[section.key], "version": saves[section.key]["version"] + 1}
    return saves


@dataclass(frozen=True)
class Former:
    """An answer to what the form does not ask any more, or asks so differently that it does not fit."""

    question: Question  # with its words of then
    section: Section
    version: int  # the last that asked it so
    value: Any  # frozen: as pages show it

    @property
    def label(self) -> str:
        return str(self.question.label)

    @property
    def text(self) -> str:
        return self.question.asked.shown(self.value)


def former_answers(response: Response) -> list[Former]:
    """The newest first; for a page that shows them beside."""
    if not response.former:
        return []
    forms = {version.number: response.asking(version.form) for version in response.version.template.versions}
    found = []
    for answer in sorted(response.former, key=lambda it: -it.former_of):
        form = forms[answer.former_of]
        question = form.questions[answer.question]
        section = form.section(form.section_of[answer.question])
        found.append(Former(question, section, answer.former_of, question.asked.freeze(answer.value)))
    return found
