"""Organisations, people, seats, tenures."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.db import db
from app.organisations import sessions
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.permissions import APPLICANT
from tests.factories.numbers import Numbers

_numbers = Numbers()


def organisation(name: str = "", code: str | None = None, **values: Any) -> Organisation:
    number = next(_numbers)
    return _flushed(
        Organisation(
            code=code,
            name=name or f"見本{number}市",
            **{"kana": f"ミホン{number}シ", "prefecture": "北海道", "body_kind": "city", **values},
        )
    )


def office() -> Organisation:
    """The Cabinet Office's bureau; one in a test's world."""
    found = db.session.scalar(select(Organisation).where(Organisation.body_kind == "ministry"))
    return found or organisation(
        "内閣府地方創生推進事務局", body_kind="ministry", prefecture="", kana="ナイカクフ"
    )


def person(name: str = "", email: str = "", **values: Any) -> Person:
    return _flushed(_person(name, email, **values))


def seat(role: str, body: Organisation | None = None, **values: Any) -> Seat:
    return _flushed(_seat(role, body, **values))


def tenure(role: str, body: Organisation | None = None, **values: Any) -> Tenure:
    """Somebody who holds a seat of `role` since long ago."""
    who = values.pop("person", None) or _person()
    return _flushed(Tenure(person=who, seat=_seat(role, body), started_on=date(2018, 4, 1), **values))


def _person(name: str = "", email: str = "", **values: Any) -> Person:
    number = next(_numbers)
    return Person(name=name or f"見本 花子{number}", email=email or f"person{number}@example.jp", **values)


def _seat(role: str, body: Organisation | None = None, **values: Any) -> Seat:
    number = next(_numbers)
    return Seat(
        organisation=body or (organisation() if role in APPLICANT else office()),
        role=role,
        **{"section": "企画課", "post": "係長", "mailbox": f"seat{number}@example.jp", **values},
    )


def _flushed(made: Any) -> Any:
    """At once with all that is new in it: each flush takes as long as what it writes."""
    db.session.add(made)
    db.session.flush()
    return made


def signed_in(tenure: Tenure) -> dict[str, Any]:
    """What the cookie of a browser holds that is signed in to this seat."""
    db.session.flush()
    return {sessions.KEY: sessions.begin(tenure), "_fresh": True, "person_id": tenure.person_id}
