"""What a filled workbook would change of a response, judged before anything is stored, and then saved as if it were typed.

The file says what it held when it was made. So what nobody touched in it changes nothing, however often it was saved
elsewhere since; and what was changed both in it and elsewhere is a *conflict*, which nobody overwrites unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from app.lifecycle import N_
from app.questions import room
from app.questions.definition import Definition, Question, Section, asked_now
from app.questions.forms import condition_in_words
from app.questions.models import Response
from app.questions.wording import Piece, marked
from app.questions.workbook_reading import Found, NoWorkbook, Read, Refused, address_of
from app.questions.workbooks import as_read, columns_of, mark_of

LOCKED = N_("This cannot be changed now. It stays as it was handed in.")


@dataclass(frozen=True)
class CellChange:
    """One cell: what stands for it in the response, and what it holds."""

    cell: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Change:
    """One question that the file answers otherwise. `elsewhere`: it was saved since the file was made, or read."""

    question: Question
    section: Section
    was: Any
    becomes: Any
    cells: tuple[CellChange, ...]
    elsewhere: bool = False

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def label(self) -> str:
        return str(self.question.label)

    @cached_property
    def _sides(self) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        asked = self.question.asked
        return marked(*asked.changed(asked.freeze(self.was), asked.freeze(self.becomes)))

    @property
    def old(self) -> tuple[Piece, ...]:
        """What is saved, with what differs marked."""
        return self._sides[0]

    @property
    def new(self) -> tuple[Piece, ...]:
        return self._sides[1]

    @property
    def addresses(self) -> str:
        return "、".join(it.cell for it in self.cells[:5]) + ("…" if len(self.cells) > 5 else "")


@dataclass(frozen=True)
class Unready:
    """A cell with which the answer can be saved, not handed in: a text over its limit, a row without what it needs."""

    cell: str
    key: str
    why: str


@dataclass
class Comparison:
    """`left` are the questions that were saved elsewhere since, and were not touched in the file."""

    changes: list[Change] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    left: list[Question] = field(default_factory=list)
    unready: list[Unready] = field(default_factory=list)

    def by_section(self) -> Iterator[tuple[Section, list[Change]]]:
        """The changes in the order of the form."""
        for section in {it.section.key: it.section for it in self.changes}.values():
            yield section, [it for it in self.changes if it.section.key == section.key]


def refuse_other_form(response: Response, read: Read, *, subject: int) -> None:
    """Raises NoWorkbook for a file of another call's form, of another application, or of a version that never was."""
    if read.template != response.version.template_id:
        raise NoWorkbook(
            N_("This is a form of another call. Nothing was read: download the form of this application.")
        )
    if read.subject not in (None, subject):
        raise NoWorkbook(
            N_("This file was made for another application. Nothing was read: download the form of this one.")
        )
    if read.version is None or not 0 < read.version <= response.version.number:
        raise NoWorkbook(N_("There is no such version of this form. Nothing was read."))


def compare(
    response: Response, read: Read, *, locked: Collection[str] = (), seen: Mapping[str, Any] | None = None
) -> Comparison:
    """What the file would change now. `seen` are the answers (question's key → value) as whoever uploaded it was shown
    them; what was saved since is a conflict. `locked` answers must stay as they are."""
    form, stored = response.form, response.values
    outcome = Comparison(refused=list(read.refused))
    for key, question in form.questions.items():
        if found := read.found.get(key):
            _compare_one(response, question, found, read, locked, seen, outcome)
    _refuse_hidden(form, stored, outcome)
    _refuse_too_much(form, stored, outcome)
    asked = asked_now(form, {**stored, **{it.key: it.becomes for it in outcome.changes}})
    for change in outcome.changes:
        if change.key in asked:
            outcome.unready += _unready(change, read.found[change.key])
    return outcome


def _unready(change: Change, found: Found) -> Iterator[Unready]:
    for problem in change.question.asked.problems(change.becomes, change.section.key):
        yield Unready(address_of(problem.anchor, change.question, found), change.key, problem.sentence)


def _compare_one(
    response: Response,
    question: Question,
    found: Found,
    read: Read,
    locked: Collection[str],
    seen: Mapping[str, Any] | None,
    outcome: Comparison,
) -> None:
    asked, now = question.asked, response.value_of(question.key)
    mark, mark_now = mark_of(found.value), mark_of(as_read(asked, now))
    if mark == mark_now:
        return
    if mark == found.before:  # nobody touched it in the file
        if read.subject is not None:
            outcome.left.append(question)
        return
    if question.key in locked:
        outcome.refused.append(Refused(found.address(), question.key, LOCKED))
        return
    if any(_would_be_lost(question, found, now)):
        why = N_("The form asks for more in this table than the file has: change it on its page.")
        outcome.refused.append(Refused(found.address(), question.key, why))
        return
    since_made = read.subject is not None and bool(found.before) and mark_now != found.before
    since_seen = seen is not None and mark_of(seen.get(question.key, asked.empty)) != mark_of(now)
    section = response.form.section(response.form.section_of[question.key])
    if cells := tuple(_cells(question, found, now)):
        outcome.changes.append(
            Change(question, section, now, found.value, cells, elsewhere=since_made or since_seen)
        )


def _would_be_lost(question: Question, found: Found, now: Any) -> Iterator[bool]:
    """Of each column that the file does not have, whether anything stands in it."""
    for column, letter in zip(columns_of(question), found.letters, strict=False):
        if not letter:
            yield any(row.get(column) not in (None, "") for row in now or ())


def _cells(question: Question, found: Found, now: Any) -> Iterator[CellChange]:
    before, after = (question.asked.cells(value) for value in (now, found.value))
    for row in range(max(len(before), len(after))):
        for place in range(max(1, len(question.asked.heads))):
            was, becomes = (_text(grid, row, place) for grid in (before, after))
            if was != becomes:
                yield CellChange(found.address(row, place), was, becomes)


def _text(grid: list[list[Any]], row: int, place: int) -> str:
    value = grid[row][place] if row < len(grid) and place < len(grid[row]) else None
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _refuse_hidden(form: Definition, stored: Mapping[str, Any], outcome: Comparison) -> None:
    """An answer to what is not asked with the answers as they would be then."""
    asked = asked_now(form, {**stored, **{it.key: it.becomes for it in outcome.changes}})
    for change in list(outcome.changes):
        if change.key not in asked and not change.question.asked.is_empty(change.becomes):
            why = N_("This is not asked with the other answers of the file: %(when)s")
            values = {"when": condition_in_words(form, change.question)}
            outcome.changes.remove(change)
            outcome.refused.append(Refused(change.cells[0].cell, change.key, why, values))


def _refuse_too_much(form: Definition, stored: Mapping[str, Any], outcome: Comparison) -> None:
    with_these = dict(stored)
    for change in list(outcome.changes):
        try:
            room.refuse_too_much(form, with_these, {change.key: change.becomes})
        except room.TooMuch as problem:
            outcome.changes.remove(change)
            outcome.refused.append(Refused(change.cells[0].cell, change.key, problem.msgid, problem.values))
        else:
            with_these[change.key] = change.becomes


def name_of(form: Definition, key: str) -> str:
    """The words of a question, for whoever reads what was refused."""
    return str(form.questions[key].label) if key in form.questions else (key or _("(no question)"))
