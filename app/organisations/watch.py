"""What is done with seats and links is noted; where it concerns those who may do most, it is told at once (ADR 0021).

A director decides and approves; an administrator hands out seats. Whoever changes one of their seats, or makes a link
to their password, could act in their place, so all of them learn of it by mail. The mail is composed above, in `accounts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app import calendar, security
from app.actors import Actor
from app.db import db
from app.lifecycle import N_
from app.organisations.models import Person, Seat, Tenure
from app.permissions import ADMINISTRATOR, DIRECTOR
from app.web.manifest import answer

WATCHED = frozenset({DIRECTOR, ADMINISTRATOR})
CHANGES = {
    "made": N_("The seat was made"),
    "revised": N_("The seat was renamed, or its mailbox changed"),
    "taken": N_("The seat was taken"),
    "handed_over": N_("The seat was handed over"),
    "left": N_("A last day in the seat was set"),
    "closed": N_("The seat was closed"),
    "moved": N_("The seat moved to the body into which its own has merged"),
    "link_made": N_("A link to the holder's password was made"),
    "password_set": N_("The holder's password was set by a command"),
}
_silent: ContextVar[bool] = ContextVar("silent", default=False)


@dataclass(frozen=True)
class Change:
    """`what` is a key of CHANGES; `leaving` and `coming` are the people whose seat it was and will be."""

    what: str
    seat: Seat
    actor: Actor
    at: datetime
    leaving: tuple[Person, ...] = ()
    coming: Person | None = None
    on: date | None = None
    former: dict[str, str] = field(default_factory=dict)  # what was revised → as it was

    @property
    def people(self) -> list[Person]:
        return [*self.leaving, *([self.coming] if self.coming else [])]


def changed(what: str, seat: Seat, *, actor: Actor, at: datetime, **facts: Any) -> None:
    """Note that a seat was changed; tell of it where it is watched."""
    if _silent.get():
        return
    db.session.flush()
    about = f"{seat.organisation.full_name} {seat.name}"
    security.note("seat_changed", actor=actor, at=at, about=about, detail=CHANGES[what])
    _tell(Change(what, seat, actor, at, **facts))


def link_made(person: Person, *, actor: Actor, at: datetime) -> None:
    """Note that somebody made a link to the person's password; tell of it where they hold a watched seat."""
    security.note("link_made", actor=actor, at=at, about=person.name)
    if person.password_hash is not None:  # without one there is no account yet that the link could open
        _tell_of("link_made", person, actor, at)


def password_set(person: Person, *, actor: Actor, at: datetime) -> None:
    """The same of a password that is set; the person is told by a mail of their own where they did it themselves."""
    security.note("password_set", actor=actor, at=at, about=person.name)
    if getattr(actor, "person_id", None) != person.id:
        _tell_of("password_set", person, actor, at)


def holders(seat: Seat, *, on: date) -> tuple[Person, ...]:
    """Who holds the seat on the day, or will."""
    return tuple(
        dict.fromkeys(
            it.person for it in seat.tenures if not it.is_void and (it.ended_on is None or it.ended_on >= on)
        )
    )


@contextmanager
def silently() -> Iterator[None]:
    """Within: seats are made that nobody made, such as those of the demo."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def _tell_of(what: str, person: Person, actor: Actor, at: datetime) -> None:
    for seat in _watched_seats_of(person, on=calendar.day_of(at)):
        _tell(Change(what, seat, actor, at, leaving=(person,)))


def _tell(change: Change) -> None:
    if change.seat.role in WATCHED:
        answer("tell_of_watched_seats")(change)


def _watched_seats_of(person: Person, *, on: date) -> Iterable[Seat]:
    held = (
        select(Seat)
        .join(Tenure, Tenure.seat_id == Seat.id)
        .where(
            Tenure.person_id == person.id,
            Seat.role.in_(WATCHED),
            or_(Tenure.ended_on.is_(None), Tenure.ended_on >= on),
        )
        .options(joinedload(Seat.organisation))
        .order_by(Seat.id)
    )
    return db.session.scalars(held).unique().all()
