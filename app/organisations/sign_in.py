"""Signing in: to a seat, with the address and password of the person who holds it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask import session
from flask_login import login_user, logout_user
from sqlalchemy import select

from app import security
from app.db import db
from app.organisations import devices, passwords, sessions
from app.organisations.models import Person, Tenure
from app.organisations.sign_in_models import SignInSession
from app.organisations.throttle import Throttle
from app.permissions import SeatlessActor
from app.widths import plain

SIGN_IN = Throttle("sign-in")
PRESENT_PASSWORD = Throttle("present-password")
LONGEST_ADDRESS = 300  # as typed; kept are 254 characters
KEPT_IN_SESSION = ("language", "after_sign_in")
PERSON = "person_id"  # stays in the cookie when a session expires: whose it was


def authenticate(email: str, password: str, *, origin: str, at: datetime) -> Person | None:
    """The person whose address and password these are, else None; an unknown address takes as long as a known one.

    Raises Slowed when the next attempt has to wait, passwords.Busy when too many are compared at once. Commits the
    counted attempt at once.
    """
    address = normal_address(email)
    known_as = devices.known_as(address)
    lane = passwords.KNOWN if known_as else passwords.STRANGERS
    number = SIGN_IN.admit(address, origin, known_as=known_as, at=at)
    return _compare(SIGN_IN, number, address, password, lane)


def knows_password(tenure: Tenure, password: str, *, origin: str, at: datetime) -> bool:
    """Whether whoever sits before an open session knows its person's password. Raises Slowed, passwords.Busy.

    Counted for this session alone: one that is left open is no way to guess, and none to slow down its person.
    """
    assert tenure.session_id
    address, known_as = tenure.person.email, f"session:{tenure.session_id}"
    number = PRESENT_PASSWORD.admit(address, origin, known_as=known_as, at=at)
    if _compare(PRESENT_PASSWORD, number, address, password, passwords.KNOWN) is None:
        return False
    PRESENT_PASSWORD.forget(address, origin, known_as=known_as)
    return True


def welcome(person: Person, *, origin: str, at: datetime) -> list[Tenure]:
    """Who has shown who they are: sign in to the first of the seats they hold today; all of those seats.

    Without a seat nobody is signed in. The browser is known from now on, and slips in this place count no more.
    """
    SIGN_IN.forget(person.email, origin, known_as=devices.known_as(person.email))
    held = seats_held(person)
    if held:
        enter(held[0], device_id=devices.remember(person).id, at=at)
    return held


def seats_held(person: Person) -> list[Tenure]:
    """The seats this person may sign in to today."""
    query = Tenure.current().where(Tenure.person_id == person.id).order_by(Tenure.started_on, Tenure.id)
    return list(db.session.scalars(query))


def seat_to_come(person: Person, today: date) -> Tenure | None:
    """The first that this person has not begun to hold yet: a seat is handed over days before."""
    query = select(Tenure).where(Tenure.person_id == person.id, Tenure.started_on > today)
    query = query.where(Tenure.ended_on.is_(None) | (Tenure.ended_on >= Tenure.started_on))
    return db.session.scalars(query.order_by(Tenure.started_on, Tenure.id)).first()


def known_addresses(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that belong to somebody."""
    return set(db.session.scalars(select(Person.email).where(Person.email.in_(tuple(addresses)))))


def enter(
    tenure: Tenure,
    *,
    device_id: int | None = None,
    continuing: SignInSession | None = None,
    at: datetime,
) -> None:
    """Open a session in this seat. A session that was there before is thrown away: it might be another's.

    One that is `continuing` in another seat lasts no longer than it would have.
    """
    sessions.end_this("entered_anew")
    carried = {name: session[name] for name in KEPT_IN_SESSION if name in session}
    session.clear()
    session.update(carried)
    session.permanent = True
    session[PERSON] = tenure.person_id
    _hold(tenure, device_id, continuing)
    tenure.person.record(
        "signed_in", actor=tenure, at=at, changes={"seat": tenure.seat_name}, audience="office"
    )
    security.note("signed_in", actor=tenure, at=at, about=f"{tenure.organisation_name} {tenure.seat_name}")


def enter_again(tenure: Tenure) -> None:
    """The same seat under a new key, after every session of the person has ended: with a new password."""
    _hold(tenure, devices.remember(tenure.person).id)


def leave() -> None:
    """End the session; only the language stays."""
    sessions.end_this("signed_out")
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def person_of_session() -> int | None:
    """Whose session this is or was; None where it tells nobody.

    Its cookie is signed, so that it is believed in this also when it lets nobody in any more: the password was
    changed, the seat left, the time is over.
    """
    number = session.get(PERSON)
    return number if isinstance(number, int) else None


def normal_address(text: str) -> str:
    """As addresses are kept: half-width, lower-case, without spaces around. What is too long to be one is nobody's."""
    return plain(text).strip().lower() if len(text) <= LONGEST_ADDRESS else ""


def _hold(tenure: Tenure, device_id: int | None, continuing: SignInSession | None = None) -> None:
    tenure.session_key = sessions.begin(tenure, device_id=device_id, continuing=continuing)
    login_user(tenure)


def _compare(
    throttle: Throttle, number: int, address: str, password: str, lane: passwords.Lane
) -> Person | None:
    found = db.session.execute(
        select(Person.id, Person.name, Person.password_hash).where(Person.email == address)
    ).one_or_none()
    db.session.commit()  # comparing takes long on purpose, and no lock is held meanwhile
    stored = found.password_hash if found else None
    try:
        if not passwords.matches(password, stored, lane) or found is None or stored is None:
            known = SeatlessActor(found.name, "", person_id=found.id) if found else None
            security.note_after("sign_in_failed", actor=known, address=address)
            return None
        person = db.session.get_one(Person, found.id)
        if passwords.outdated(stored):
            person.password_hash = passwords.rehashed(password)
        return person
    except passwords.Busy:
        throttle.withdraw(number)
        db.session.commit()
        raise
