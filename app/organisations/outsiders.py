"""Somebody from outside in a seat of a body: made for one thing, until a day, and closed by itself on the day after.

The seat is all that they have, so that whatever is known of seats holds for them: signing in, several seats of a person, the
history, the security log. It is no post of the body: nobody else takes it, no mail of the body goes to it, and the body is
not attended by it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import db
from app.organisations import sessions, watch
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.permissions import CONSULTANT, MUNICIPAL, SEATED

POST = "コンサルタント"
_DAY = timedelta(days=1)


def let_in(
    organisation: Organisation, person: Person, *, company: str, until: date, actor: Actor, at: datetime
) -> Tenure:
    """The person has a seat of their own in the body from today until `until`, the last day."""
    today = calendar.day_of(at)
    others = sum(it.seat.role == CONSULTANT for it in _tenures(person, organisation, today))
    seat = Seat(
        organisation=organisation,
        role=CONSULTANT,
        section=company,
        post=f"{POST}{others + 1}" if others else POST,  # by which they choose between two
        mailbox=person.email,
        closed_on=until + _DAY,
        created_at=at,
    )
    tenure = Tenure(person=person, seat=seat, started_on=today, ended_on=until, created_at=at)
    db.session.add_all([seat, tenure])
    seat.record("seat_made", actor=actor, at=at, changes={"role": CONSULTANT, "mailbox": seat.mailbox})
    seat.record("seat_taken", actor=actor, at=at, changes={"holder": person.name, "on": today})
    seat.record("seat_closed", actor=actor, at=at, changes={"on": seat.closed_on})
    watch.changed("made", seat, actor=actor, at=at)
    return tenure


def keep_until(seat: Seat, until: date, *, actor: Actor, at: datetime) -> None:
    """Another last day, later or earlier."""
    for tenure in seat.tenures:
        tenure.ended_on = until
    seat.closed_on = until + _DAY
    seat.record("seat_closed", actor=actor, at=at, changes={"on": seat.closed_on})
    watch.changed("closed", seat, actor=actor, at=at)


def show_out(seat: Seat, *, actor: Actor, at: datetime) -> None:
    """At once: the seat is closed, and what is open in it ends with the next click."""
    today = calendar.day_of(at)
    for tenure in seat.tenures:
        tenure.ended_on = max(today, tenure.started_on) - _DAY
        sessions.end_of(tenure, "seat_closed")
        seat.record(
            "seat_left", actor=actor, at=at, changes={"holder": tenure.person.name, "on": tenure.ended_on}
        )
    seat.closed_on = today
    seat.record("seat_closed", actor=actor, at=at, changes={"on": today})
    watch.changed("closed", seat, actor=actor, at=at)


def is_colleague(person: Person, organisation: Organisation, *, on: date) -> bool:
    """Whether they hold a seat of the body itself, or will."""
    return any(it.seat.role in MUNICIPAL for it in _tenures(person, organisation, on))


def works_for_the_programme(person: Person, *, on: date) -> bool:
    """Whether they hold a seat from which applications are checked, judged or read, or will."""
    others = SEATED - MUNICIPAL - {CONSULTANT}
    return any(it.seat.role in others for it in _tenures(person, None, on))


def last_let_in(person: Person) -> Tenure | None:
    """The seat from outside that they held last, of whoever holds none: the body can let them in again."""
    query = select(Tenure).join(Tenure.seat).where(Tenure.person_id == person.id)
    last = db.session.scalars(query.order_by(Tenure.id.desc())).first()
    return last if last is not None and last.role == CONSULTANT else None


def _tenures(person: Person, organisation: Organisation | None, on: date) -> list[Tenure]:
    """Those that last on `on`, or will begin."""
    query = select(Tenure).join(Tenure.seat).where(Tenure.person_id == person.id, Seat.stands_on(on))
    if organisation is not None:
        query = query.where(Seat.organisation_id == organisation.id)
    found = db.session.scalars(query)
    return [it for it in found if not it.is_void and (it.ended_on is None or it.ended_on >= on)]
