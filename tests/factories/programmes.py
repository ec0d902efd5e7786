"""Programmes and calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.calendar import JST, now
from app.db import db
from app.programmes.form import application_form
from app.programmes.models import Call, Criterion, Programme
from app.questions import publishing
from tests.factories.numbers import Numbers

_numbers = Numbers()


def programme() -> Programme:
    """One in a test's world."""
    found = db.session.scalar(select(Programme).where(Programme.key == "future-tech"))
    if found:
        return found
    made = Programme(
        key="future-tech", name="未来技術社会実装事業", ministry="内閣府", bureau="地方創生推進事務局"
    )
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
