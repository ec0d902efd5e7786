"""Programmes and calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.calendar import JST, now
from app.db import db
from app.programmes.form import application_form
from app.programmes.models import Call, Criterion, Programme
from app.programmes.voice import first_by_the_settings
from app.questions import publishing
from tests.factories.numbers import Numbers

_numbers = Numbers()

ANOTHER = {
    "name": "見本地域交通事業",
    "name_en": "Sample Regional Transport Programme",
    "ministry": "見本省",
    "ministry_en": "Sample Ministry",
    "bureau": "見本局",
    "bureau_en": "Sample Bureau",
    "issuer": "見本省見本局長",
    "section": "見本省見本局 地域交通担当",
    "mark": "見交",
    "sender": "見本地域交通事業 事務局",
    "contact_address": "kotsu@example.jp",
    "contact_telephone": "03-0000-1111",
    "contact_hours": "",
}


def programme(key: str = "future-tech", **values: Any) -> Programme:
    """The first programme of a test's world; with another `key` one beside it, of another ministry."""
    found = db.session.scalar(select(Programme).where(Programme.key == key))
    if found:
        return found
    made = first_by_the_settings()
    another = {} if key == made.key else ANOTHER
    for name, value in {**another, **values, "key": key}.items():
        setattr(made, name, value)
    db.session.add(made)
    db.session.flush()
    return made


def call(**values: Any) -> Call:
    """A published call, open at the tests' instant, with two questions and one criterion."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "programme": programme(),
        "code": f"T{number}",
        "title": f"見本の募集{number}",
        "selection_fy": 2022,
        "state": "published",
        "opens_at": datetime(2023, 1, 10, 9, 0, tzinfo=JST),
        "closes_at": datetime(2023, 3, 17, 12, 0, tzinfo=JST),
        "base_years": 5,
        "extension_years": 0,
        "eligible_kinds": ["prefecture", "designated_city", "special_ward", "city", "town", "village"],
        "criteria": [Criterion(position=1, label="革新性")],
    }
    asked = values.pop(
        "questions", [{"label": label, "max_chars": 1000} for label in ("地域の課題", "実装の計画")]
    )
    made = Call(**{**defaults, **values})
    made.form = publishing.begin_form(made.title, application_form(asked), at=now())
    if made.state != "draft":
        made.form.newest.published_at, made.form.newest.published_by = now(), "見本 太郎"
    db.session.add(made)
    db.session.flush()
    return made
