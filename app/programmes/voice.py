"""What a programme says of itself in letters, mails and pages, found from any record of it.

A record of a programme has `programme`, or keeps its `programme_id` where it stands below (letters, mails). What is of no
programme, such as a password or a halt, is said by the house: by its first programme, whose office runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.db import asked_once, db
from app.programmes.models import Programme

FIRST = {
    "key": "future-tech",
    "name": "未来技術社会実装事業",
    "name_en": "Future-Tech Social Implementation Programme",
    "ministry": "内閣府",
    "ministry_en": "Cabinet Office",
    "bureau": "地方創生推進事務局",
    "bureau_en": "Secretariat for the Promotion of Regional Revitalization",
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
    programme: Programme | None = getattr(record, "programme", None)
    if programme is None and (programme_id := getattr(record, "programme_id", None)):
        programme = db.session.get_one(Programme, programme_id)
    return programme or house()


def house() -> Programme:
    """The programme that speaks for the house: the first; before there is any, what the settings would make of it."""
    found = all_programmes()
    return found[0] if found else first_by_the_settings()


def all_programmes() -> Sequence[Programme]:
    """The oldest first; asked once for a page."""
    return asked_once(
        "programmes", lambda: db.session.scalars(select(Programme).order_by(Programme.id)).all()
    )


def first_by_the_settings() -> Programme:
    """Not in the database until somebody adds it."""
    said = {name: current_app.config[setting] for name, setting in SETTINGS.items()}
    return Programme(**FIRST, **said)
