"""Signing in: to a seat, with the address and password of the person who holds it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import session
from flask_login import login_user, logout_user
from sqlalchemy import select

from app import security
from app.db import db
from app.organisations import passwords
from app.organisations.models import Person, Tenure
from app.organisations.throttle import Throttle
from app.permissions import Actor
from app.widths import plain

# Whole town halls share one network address; a person mistypes a few times.
SIGN_IN = Throttle("sign-in", per_address=10, per_origin=100, window=timedelta(minutes=15))
LONGEST_ID = 9  # digits
LONGEST_ADDRESS = 300  # as typed; kept are 254 characters
KEPT_IN_SESSION = ("language", "after_sign_in")


def authenticate(email: str, password: str, *, origin: str, at: datetime) -> Person | None:
    """The person whose address and password these are, else None; an unknown address takes as long as a known one.

    Raises Slowed when address or origin has tried too often. Commits the counted attempt at once.
    """
    address = normal_address(email)
    SIGN_IN.admit(address, origin, at=at)
    found = db.session.execute(
        select(Person.id, Person.name, Person.password_hash).where(Person.email == address)
    ).one_or_none()
    db.session.commit()  # comparing takes long on purpose, and no lock is held meanwhile
    kept = found.password_hash if found else None
    if not passwords.matches(password, kept) or found is None or kept is None:
        known = Actor(found.name, "", person_id=found.id) if found else None
        security.note_after("sign_in_failed", actor=known, address=address)
        return None
    SIGN_IN.forget(address)
    person = db.session.get_one(Person, found.id)
    if passwords.outdated(kept):
        person.password_hash = passwords.rehashed(password)
    return person


def seats_held(person: Person) -> list[Tenure]:
    """The seats this person may sign in to today."""
    query = Tenure.current().where(Tenure.person_id == person.id).order_by(Tenure.started_on, Tenure.id)
    return list(db.session.scalars(query))


def known_addresses(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that belong to somebody."""
    return set(db.session.scalars(select(Person.email).where(Person.email.in_(tuple(addresses)))))


def enter(tenure: Tenure, *, at: datetime) -> None:
    """Open a session in this seat. A session that was there before is thrown away: it might be another's."""
    kept = {name: session[name] for name in KEPT_IN_SESSION if name in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    login_user(tenure)
    tenure.person.record(
        "signed_in", actor=tenure, at=at, changes={"seat": tenure.seat_name}, audience="office"
    )
    security.note("signed_in", actor=tenure, at=at, about=f"{tenure.organisation_name} {tenure.seat_name}")


def leave() -> None:
    """End the session; only the language stays."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def person_of_session() -> int | None:
    """Whose session this is or was; None where it tells nobody.

    Its cookie is signed, so that it is believed in this also when it lets nobody in any more: the password was
    changed, the seat left, the time is over. The one place that reads it so.
    """
    tenure_id = _tenure_in(session.get("_user_id", ""))
    return db.session.scalar(select(Tenure.person_id).where(Tenure.id == tenure_id)) if tenure_id else None


def load_tenure(key: str) -> Tenure | None:
    """The tenure a session was opened in, while it lasts and the password is still the same."""
    tenure_id, stamp = _tenure_in(key), key.partition(".")[2]
    if tenure_id is None:
        return None
    tenure = db.session.scalars(Tenure.current().where(Tenure.id == tenure_id)).unique().one_or_none()
    return tenure if tenure is not None and tenure.person.password_stamp == stamp else None


def _tenure_in(key: str) -> int | None:
    number = key.partition(".")[0]
    return int(number) if number.isdecimal() and len(number) <= LONGEST_ID else None


def normal_address(text: str) -> str:
    """As addresses are kept: half-width, lower-case, without spaces around. What is too long to be one is nobody's."""
    return plain(text).strip().lower() if len(text) <= LONGEST_ADDRESS else ""
