"""Finding a local government by name, kana (hiragana too) or code, with the codes that spreadsheets damage mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, or_, select

from app.db import db
from app.folding import words_of
from app.memory import HOUSE, remembered
from app.organisations.codes import CodeError, Mended, mend_code, with_check_digit
from app.organisations.models import Organisation
from app.organisations.successors import successors
from app.searching import any_of
from app.web.forms import LONGEST_FACT, half_width
from app.web.i18n import sentence_of
from app.web.lists import Note, Search
from app.widths import plain

FEW_BODIES = 20
SHORTEST_CODE = 5  # fewer digits are the beginning of one


@dataclass(frozen=True)
class Reading:
    """What a search was taken for: `digits` of a code, `notes` on what was mended, `problem` if it is none."""

    digits: str
    code: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class BodySearch(Search):
    """Words of a list's own texts, or of the names and kana of its bodies; or the code of a body.

    `of_bodies` makes a condition on the list's rows from the ids of the bodies that fit, or from a query of them.
    """

    of_bodies: Callable[[Any], ColumnElement[bool]] = Organisation.id.in_

    def narrow(self, query: Select, value: str) -> Select:
        reading = read_code(value)
        if reading is None:
            return super().narrow(query, value)
        if self._is_no_code(reading):
            return query.where(*(super(BodySearch, self).found(word) for word in words_of(value)))
        # A wrong check digit is most often a slip in it: the bodies whose first digits fit are shown.
        fits = (
            Organisation.code == reading.code
            if reading.code
            else Organisation.code.startswith(reading.digits[:5])
        )
        return query.where(self._found(reading.digits, fits))

    def found(self, word: str) -> ColumnElement[bool]:
        return self._found(word, Organisation.search_text.contains(word, autoescape=True))

    def notes(self, value: str) -> list[Note]:
        reading = read_code(value)
        if reading is None:
            return super().notes(value)
        if reading.problem and not self.columns:
            return [Note("warning", reading.problem, _("This is not a valid code"))]
        if reading.notes:
            return [Note("info", " ".join(reading.notes), _("The code was mended"))]
        return []

    def _found(self, word: str, fits: ColumnElement[bool]) -> ColumnElement[bool]:
        """Of few bodies the ids are named, so that the rows of each are looked for in an index."""
        now = remembered(("bodies found as merged", word), lambda: _stand_for_those(fits), HOUSE)
        query = select(Organisation.id).where(or_(fits, Organisation.id.in_(now)) if now else fits)
        few = remembered(
            ("bodies found", word), lambda: list(db.session.scalars(query.limit(FEW_BODIES + 1))), HOUSE
        )
        are_many = len(few) > FEW_BODIES
        theirs = [self.of_bodies(query if are_many else few)] if few else []
        return any_of(word, self.columns, theirs, many=are_many)

    def _is_no_code(self, reading: Reading) -> bool:
        """A few digits, or six that are no code, are looked for in the list's own numbers and texts."""
        return bool(self.columns) and not reading.code


def _stand_for_those(fits: ColumnElement[bool]) -> list[int]:
    """What a body that has merged had is found by its name, with the body that stands for it."""
    merged = successors()
    if not merged:
        return []
    found = db.session.scalars(select(Organisation.id).where(Organisation.id.in_(merged), fits))
    return sorted({merged[body] for body in found})


def read_code(text: str) -> Reading | None:
    """How `text` is read as a code; None when it is not one but words."""
    if len(text) > LONGEST_FACT:
        return None
    digits = re.sub(r"[\s-]", "", half_width(text))
    if not re.fullmatch(r"[0-9]+", digits):
        return None
    if len(digits) < SHORTEST_CODE:
        return Reading(digits)
    try:
        mended = _mended(digits)
    except CodeError as problem:
        return Reading(digits, problem=sentence_of(problem))
    return Reading(digits, mended.code, tuple(sentence_of(note) for note in mended.notes))


def by_code_or_name(text: str) -> Organisation:
    """The one body that `text` names. Raises CodeError for an unsound code, LookupError for none or several."""
    if read_code(text) is not None:
        found = db.session.scalars(select(Organisation).where(Organisation.code == _mended(text).code)).all()
    else:
        name = plain(text).strip()
        full_name = Organisation.prefecture + Organisation.name
        found = db.session.scalars(
            select(Organisation)
            .where(or_(Organisation.name == name, full_name == name))
            .order_by(Organisation.id)
        ).all()
    if not found:
        raise LookupError(f"no organisation is called {text}")
    if len(found) > 1:
        raise LookupError(
            f"{text} is one of {', '.join(f'{b.full_name} ({b.code})' for b in found)}: say which"
        )
    return found[0]


def _mended(text: str) -> Mended:
    """A code of five digits may mean two: the one that a body has is taken."""
    digits = half_width(text)
    readings = {"0" + digits, with_check_digit(digits)} if re.fullmatch(r"[0-9]{5}", digits) else set()
    known = set(db.session.scalars(select(Organisation.code).where(Organisation.code.in_(readings))))
    return mend_code(text, known={code for code in known if code} or None)
