"""Answering: a response is begun, and saved section by section.

Every save names the version of the section that the page was filled from. When somebody else has saved the section
since, nothing is overwritten: `Stale` carries both answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from app.actors import Actor
from app.db import db, held
from app.explained import N_, Explained
from app.questions import room
from app.questions.definition import Definition, Section, asked_now
from app.questions.kind import Problem, Unreadable
from app.questions.kinds.file import File
from app.questions.models import CURRENT, FormVersion, ReceivedFile, Response, ResponseAnswer, plain
from app.questions.publishing import note_answered
from app.safekeeping import checking
from app.storage import Incoming, storage

ONE_SITTING = timedelta(hours=1)
NOT_ASKED = N_("This form does not ask that. Nothing was saved.")
SUPERSEDED = N_(
    "The form was changed after you had opened this page, and nothing was saved. What you typed stands "
    "below: look at what is asked now, then send it."
)
LOCKED = N_(
    "“%(question)s” cannot be changed now, because the office has not asked for it to be corrected. It was not saved, "
    "and stays as it was handed in."
)
UNKNOWN = N_("There is no such version of this form. Nothing was saved; what you typed stands below.")


class NotAsked(Explained):
    """An answer to what this form does not ask, or does not ask now; `key` is what was answered."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(NOT_ASKED)
        self.key, self.why = key, why


class Hidden(NotAsked):
    """An answer to a question that is asked only if another one is answered otherwise."""


class Locked(Explained):
    """A change of an answer that is to stay as it was handed in; `key` is what was answered."""

    def __init__(self, key: str, question: str) -> None:
        super().__init__(LOCKED, question=question)
        self.key = key


class OtherVersion(Explained):
    """The page was made from a version of the form that this response does not answer, or that never was.

    `superseded` says that the response was carried over to a newer one since.
    """

    def __init__(self, number: int, superseded: bool) -> None:
        super().__init__(SUPERSEDED if superseded else UNKNOWN)
        self.number, self.superseded = number, superseded


class Stale(Exception):
    """The section was saved after this page was opened, by somebody else or by oneself. Nothing was changed; both
    answers are here, by the keys of the questions."""

    def __init__(
        self, response: Response, section: str, theirs: dict[str, Any], yours: dict[str, Any]
    ) -> None:
        super().__init__(f"{section} of response {response.id}")
        saved = response.saves.get(section, {})
        self.section, self.theirs, self.yours = section, theirs, yours
        self.version = response.version_of(section)
        self.saved_by: str = saved.get("by", "")
        self.saved_by_person: int | None = saved.get("person")
        self.saved_at = response.saved_at(section)


def start(
    version: FormVersion, *, about: Any = None, organisation: Any = None, person: Any = None, at: datetime
) -> Response:
    """A response without answers yet. Raises ValueError for a version that is not published."""
    if version.published_at is None:
        raise ValueError("a form is answered once it is published")
    response = Response(
        version=version,
        subject_kind=about.kind if about is not None else "",
        subject_id=about.id if about is not None else None,
        organisation_id=organisation.id if organisation is not None else None,
        person_id=person.id if person is not None else None,
        saves={},
        answers=[],
        created_at=at,
    )
    db.session.add(response)
    db.session.flush()
    return response


def ask_further(response: Response, sections: Sequence[Section]) -> bool:
    """Ask these sections in this response alone, beyond those of its form; whether that is new.

    An answer to what is not asked any more stays, and is there again when it is. Raises BadDefinition.
    """
    asked = [section.to_json() for section in sections]
    if asked == (response.further or []):
        return False
    if sections:
        Definition(tuple(sections)).check()
    response.further = asked or None
    return True


def save_section(
    response: Response,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    locked: Collection[str] = (),
    about: Any = None,
    audience: str = "all",
    changes: Mapping[str, Any] | None = None,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep answers of one section (key of the question → value as `parse` gives it); whether anything was new.

    `version` is the section's as the page showed it, `form` the number of the form's version where the page names it.
    The answers to the questions `locked` stay as they are: changing one raises Locked, and nothing is saved.
    The history of `about` gets a line, once a sitting when it is saved by itself (`quietly`); `changes` is what it says
    in place of the old and new answers. Raises OtherVersion, NotAsked, Hidden, Stale, TooMuch (see room.py),
    Unreadable for a file that is not taken.
    """
    response = held(response)
    refuse_other_version(response, form)
    definition, stored = response.form, response.values
    _refuse_not_asked(definition, section, values)
    sent: dict[str, Incoming] = {}  # SHA-256 → the files that came with it
    new = _settled(definition, values, stored, sent)
    before = {key: stored.get(key, definition.questions[key].asked.empty) for key in new}
    if new == before:
        return False
    for key, value in new.items():
        if key in locked and value != before[key]:
            raise Locked(key, str(definition.questions[key].label))
    _refuse_hidden(definition, stored, new, before)
    if version != response.version_of(section):
        raise Stale(response, section, before, new)
    room.refuse_too_much(definition, stored, new)
    changed = {key: value for key, value in new.items() if value != before[key]}
    for key, value in changed.items():
        if definition.questions[key].kind == File.name:
            value = [keep_file(response, key, it, sent, actor=actor, at=at) for it in value]
        put(response, key, value, at=at)
    if changes is None:
        changes = {
            definition.questions[key].name: room.what_changed(before[key], value)
            for key, value in changed.items()
        }
    note_answered(response.version, at=at)
    note_save(
        response,
        section,
        dict(changes),
        quietly=quietly,
        about=about,
        audience=audience,
        actor=actor,
        at=at,
    )
    return True


def put(response: Response, key: str, value: Any, *, at: datetime) -> None:
    """The answer to a question, in the place of the one before."""
    kind = response.form.questions[key].kind
    for answer in response.answers:
        if answer.question == key and answer.former_of == CURRENT:
            answer.value, answer.question_kind = plain(value), kind
            return
    response.answers.append(
        ResponseAnswer(question=key, question_kind=kind, value=plain(value), former_of=CURRENT, created_at=at)
    )


def note_save(
    response: Response,
    section: str,
    changes: dict[str, Any],
    *,
    quietly: bool = False,
    about: Any = None,
    audience: str = "all",
    actor: Actor,
    at: datetime,
) -> None:
    """The section's next version, with who saved it and when, and a line in the history.

    Of a long text the history has the place that changed, not the whole: what counts is frozen when it is handed in.
    """
    before = response.saves.get(section)
    saved = {
        "version": response.version_of(section) + 1,
        "by": actor.name,
        "person": actor.person_id,
        "at": at.isoformat(),
    }
    response.saves = {**response.saves, section: saved}
    same_sitting = (
        before is not None
        and before["by"] == actor.name
        and at - datetime.fromisoformat(before["at"]) < ONE_SITTING
    )
    if not (quietly and same_sitting):
        changes = {"section": section, **({} if quietly else changes)}
        (about if about is not None else response).record(
            "section_saved", actor=actor, at=at, changes=changes, audience=audience
        )


def problems_of(response: Response, section: str | None = None) -> list[Problem]:
    """What keeps the response, or one section of it, from being handed in. What is not asked now keeps nothing."""
    form, values = response.form, response.values
    asked = asked_now(form, values)
    return [
        problem
        for each in form.sections
        if section in (None, each.key)
        for question in each.questions
        if question.key in asked
        for problem in question.asked.problems(values.get(question.key, question.asked.empty), each.key)
    ]


def refuse_other_version(response: Response, number: int | None) -> None:
    """Raises OtherVersion when a page names another version of the form than the response answers."""
    if number is not None and number != response.version.number:
        raise OtherVersion(number, superseded=0 < number < response.version.number)


def _refuse_not_asked(form: Definition, section: str, values: Mapping[str, Any]) -> None:
    try:
        asked = {question.key for question in form.section(section).questions}
    except KeyError:
        raise NotAsked(section, "the form has no such section") from None
    for key in values:
        if key not in asked:
            raise NotAsked(key, f"the section {section} asks nothing of the kind")


def _refuse_hidden(
    form: Definition, stored: Mapping[str, Any], new: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """What was answered while it was asked may stay; nothing is answered anew that is not."""
    asked = asked_now(form, {**stored, **new})
    for key, value in new.items():
        if key not in asked and value != before[key] and not form.questions[key].asked.is_empty(value):
            raise Hidden(key, "it is asked only if another question is answered otherwise")


def _settled(
    form: Definition, values: Mapping[str, Any], stored: Mapping[str, Any], sent: dict[str, Incoming]
) -> dict[str, Any]:
    """The answers as they would be kept; nothing is kept yet, since they may still be refused."""
    settled = {}
    for key, value in values.items():
        asked = form.questions[key].asked
        try:
            settled[key] = plain(asked.settle(value, stored.get(key, asked.empty), sent))
        except Unreadable as problem:
            problem.entry = problem.entry or asked.anchor
            raise
    return settled


def keep_file(
    response: Response,
    question: str,
    file: dict[str, Any],
    sent: Mapping[str, Incoming],
    *,
    actor: Actor,
    at: datetime,
) -> dict[str, Any]:
    """Put a file that came with an answer into the storage and on record; what the answer says of it, with its id.

    The same content sent before in answer to the same question is the same file.
    """
    if "id" in file:
        return file
    found = next(
        (it for it in response.files if (it.sha256, it.question) == (file["sha256"], question)), None
    )
    path = storage().put(sent[file["sha256"]], PurePath(file["filename"]).suffix.lower())
    checking.received(path, at=at)
    if found is None or found.filename != file["filename"]:
        found = ReceivedFile(
            question=question,
            **{name: file[name] for name in ("filename", "media_type", "size", "sha256")},
            received_at=at,
            received_from=actor.name,
            created_at=at,
        )
        response.files.append(found)
        db.session.flush()
    return found.in_answer()
