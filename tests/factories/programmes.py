"""Programmes and calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.calendar import JST, now
from app.db import db
from app.programmes.default_form import attachments, basics, joint_applicants, technologies
from app.programmes.form import OWN
from app.programmes.models import Call, Criterion, Programme
from app.programmes.rules import NO_CONSENT
from app.programmes.voice import first_by_the_settings
from app.questions import publishing
from app.questions.definition import Definition, Question, Section, Words, in_both
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
    "access_days": 5,
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


@dataclass(frozen=True)
class OwnQuestion:
    """One of a test's own questions: a long text in a section of its own. `id` is the number in its address."""

    id: int
    label: str
    hint: str
    max_chars: int
    required: bool

    @property
    def key(self) -> str:
        return f"{OWN}{self.id}"


def own_questions(asking: Call) -> list[OwnQuestion]:
    """Those that the call asks, as `call` or `application_form` made them."""
    assert asking.asks is not None
    asked = [section.questions[0] for section in asking.asks.sections if section.key.startswith(OWN)]
    return [
        OwnQuestion(
            int(it.key.removeprefix(OWN)), it.label.ja, it.help.ja, it.settings["max_chars"], it.required
        )
        for it in asked
    ]


def application_form(rows: list[dict[str, Any]]) -> Definition:
    """What no application can do without, files, and these questions (label, hint, max_chars, required) between."""
    heading = in_both("Answers to the questions")
    own = [
        Section(key, words := Words(row["label"]), (_own(key, words, row),), heading=heading)
        for number, row in enumerate(rows, start=1)
        if (key := f"{OWN}{row.get('id', number)}")
    ]
    return Definition((basics(), technologies(), joint_applicants(), *own, attachments()))


def _own(key: str, label: Words, row: dict[str, Any]) -> Question:
    settings, required = {"max_chars": row.get("max_chars", 2000)}, row.get("required", True)
    return Question(key, "long_text", label, Words(row.get("hint", "")), required, settings, entry="text")


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
        "joint_consent": NO_CONSENT,
    }
    asked = values.pop(
        "questions", [{"label": label, "max_chars": 1000} for label in ("地域の課題", "実装の計画")]
    )
    form = values.pop("form", None)  # a Definition in the place of these
    made = Call(**{**defaults, **values})
    made.form = publishing.begin_form(made.title, form or application_form(asked), at=now())
    if made.state != "draft":
        made.form.newest.published_at, made.form.newest.published_by = now(), "見本 太郎"
    db.session.add(made)
    db.session.flush()
    return made
