"""What a programme says of itself in letters, mails and pages, found from any record of it.

A record of a programme has `programme`, or keeps its `programme_id` where it stands below (letters, mails). What is of no
programme, such as a password or a halt, is said by the house: by its first programme, whose office runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.db import asked_once, db
from app.memory import HOUSE, remembered, remembered_records
from app.programmes.models import Programme

FIRST = {
    "key": "future-tech",
    "name": "未来技術社会実装事業",
    "name_en": "Future-Tech Social Implementation Programme",
    "ministry": "内閣府",
    "ministry_en": "Cabinet Office",
    "bureau": "地方創生推進事務局",
    "bureau_en": "Secretariat for the Promotion of Regional Revitalization",
    "access_days": 5,  # [I]: officers set it
}
SETTINGS = {
    "issuer": "ISSUER",
    "section": "ISSUER_SECTION",
    "mark": "NUMBER_MARK",
    "sender": "MAIL_FROM_NAME",
    "contact_address": "CONTACT_ADDRESS",
    "contact_telephone": "CONTACT_TELEPHONE",
    "contact_hours": "CONTACT_HOURS",
}
"""What the first programme takes from the settings as it is made; from then on its own page says it."""


def voice_of(record: Any) -> Programme:
    """The programme of `record`; the house for one of no programme, and for None."""
    if isinstance(record, Programme):
        return record
    programme: Programme | None = getattr(record, "programme", None)
    if programme is None and (programme_id := getattr(record, "programme_id", None)):
        known = (it for it in all_programmes() if it.id == programme_id)
        programme = next(known, None) or db.session.get_one(Programme, programme_id)
    return programme or house()


def house() -> Programme:
    """The programme that speaks for the house: the first; before there is any, what the settings would make of it."""
    found = all_programmes()
    return found[0] if found else first_by_the_settings()


def all_programmes() -> Sequence[Programme]:
    """The oldest first; asked once for a page."""
    return asked_once("programmes", lambda: remembered_records("programmes", _PROGRAMMES, HOUSE))


_PROGRAMMES = select(Programme).order_by(Programme.id)


def first_by_the_settings() -> Programme:
    """Not in the database until somebody adds it."""
    columns = {name: current_app.config[setting] for name, setting in SETTINGS.items()}
    return Programme(**FIRST, **columns)


@dataclass(frozen=True)
class Masthead:
    """What stands at the head and the foot of every page."""

    programme: str  # its name; of several, whose they are
    owners: tuple[str, ...]
    contact_address: str


def masthead(asks_nobody: bool = False) -> Masthead:
    """In the language of the page. With `asks_nobody` (pages of errors) as the last page had it: no database is asked."""
    mastheads = current_app.extensions.setdefault("masthead", {})
    locale = str(get_locale())
    if not asks_nobody:
        mastheads[locale] = remembered(
            ("masthead", locale), lambda: _masthead(all_programmes() or [first_by_the_settings()]), HOUSE
        )
    return mastheads.get(locale) or _masthead([first_by_the_settings()])


def name_of(programme: Programme) -> str:
    """Its name in the language of the page."""
    return programme.name if _is_japanese() else programme.name_en


def told_apart(programme_id: int) -> str:
    """Before a project's number where it stands alone: the programme's name, or nothing while there is one programme."""
    programmes = all_programmes()
    return "".join(f"{name_of(it)} " for it in programmes if it.id == programme_id and len(programmes) > 1)


def ministry_of(record: Any) -> str:
    """Whose programme the record is of, in the language of the page."""
    programme = voice_of(record)
    return programme.ministry if _is_japanese() else programme.ministry_en


def _masthead(programmes: Sequence[Programme]) -> Masthead:
    owners = tuple(dict.fromkeys(map(_owner, programmes)))
    ministries = dict.fromkeys(map(ministry_of, programmes))
    return Masthead(
        programme=name_of(programmes[0])
        if len(programmes) == 1
        else _("Programmes: %(ministries)s", ministries=_(", ").join(ministries)),
        owners=owners,
        contact_address=programmes[0].contact_address,
    )


def _owner(programme: Programme) -> str:
    if _is_japanese():
        return f"{programme.ministry}{programme.bureau}"
    return f"{programme.bureau_en}, {programme.ministry_en}"


def _is_japanese() -> bool:
    """Everywhere but on a page in English: jobs and mails have no reader's language."""
    return str(get_locale()) != "en"
