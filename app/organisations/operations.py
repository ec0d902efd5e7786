"""Bodies, people and seats, as administrators arrange them; passwords, links and sessions, as everybody uses their own.

Nothing commits here.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import calendar, security
from app.actors import Actor
from app.db import db, held, shortened
from app.explained import Explained
from app.lifecycle import N_
from app.organisations import codes, devices, directory, links, passwords, sessions, watch
from app.organisations.labels import ROLES
from app.organisations.models import HEAD_TITLES, OneTimeLink, Organisation, Person, Seat, Tenure
from app.organisations.sign_in import normal_address
from app.organisations.throttle import Throttle
from app.permissions import CONSULTANT, MINISTRY, MUNICIPAL, OFFICE, SEATED, SYSTEM, SeatlessActor

PASSWORD = "password"  # noqa: S105 (the purpose of a link)
# Mail to municipalities passes filters that may hold it for hours; who is handed a seat may be on leave.
RESET_FOR = timedelta(hours=24)
INVITED_FOR = timedelta(days=14)
RESET = Throttle("reset", longest=timedelta(minutes=15))
# Between two mails with a link to the same person: twice as long each time while none of the links is used.
RESET_MAILED_EVERY = timedelta(minutes=10)
_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)


class Refused(Explained, ValueError):
    """What was asked cannot be."""


def add_organisation(
    *, name: str, body_kind: str, code: str | None = None, kana: str = "", prefecture: str = "",
    valid_from: date | None = None, actor: Actor, at: datetime,
) -> Organisation:  # fmt: skip
    """A new body. A local government has a code; a ministry has none. Raises CodeError, Refused."""
    if (body_kind in HEAD_TITLES) != (code is not None):
        raise Refused(N_("A local government has a code; a ministry has none."))
    body = Organisation(
        code=codes.mend_code(code).code if code else None,
        name=name, body_kind=body_kind, kana=kana, prefecture=prefecture, valid_from=valid_from, created_at=at,
    )  # fmt: skip
    db.session.add(body)
    body.record("added", actor=actor, at=at, changes={"name": name})
    return body


def set_general_address(body: Organisation, address: str, *, actor: Actor, at: datetime) -> bool:
    """Where mail goes while nobody holds a seat of the body (代表メールアドレス); empty takes it off. Whether it changed.

    Raises Refused for what is no address.
    """
    address = checked_address(address) if address.strip() else ""
    if address == body.general_address:
        return False
    changes = {"general_address": [body.general_address, address]}
    body.general_address = address
    body.record("general_address_set", actor=actor, at=at, changes=changes)
    return True


def load_directory(*, actor: Actor, at: datetime) -> int:
    """Bring in every prefecture and municipality of Japan by code; how many were added or changed.

    May be run again whenever the postal data is newer. A body that has gone from it stays: its history does.
    Raises DirectoryIncomplete.
    """
    by_code = {
        body.code: body
        for body in db.session.scalars(select(Organisation).where(Organisation.code.is_not(None)))
    }
    touched = 0
    for found in directory.local_governments():
        facts = {
            "name": found.name,
            "kana": found.kana,
            "prefecture": found.prefecture,
            "body_kind": found.kind,
        }
        body = by_code.get(found.code)
        if body is None:
            body = Organisation(code=found.code, created_at=at, **facts)
            db.session.add(body)
            body.record("added", actor=actor, at=at, changes={"name": found.name})
            touched += 1
            continue
        changes = {
            key: [getattr(body, key), value] for key, value in facts.items() if getattr(body, key) != value
        }
        if changes:
            for key in changes:
                setattr(body, key, facts[key])
            body.record("edited", actor=actor, at=at, changes=changes)
            touched += 1
    db.session.flush()
    return touched


def add_person(email: str, name: str, *, password: str | None = None, actor: Actor, at: datetime) -> Person:
    """Somebody who will sign in. Without a password they set one by link. Raises Refused, WeakPassword."""
    address = checked_address(email)
    if person_with(address):
        raise Refused(N_("%(address)s belongs to somebody already."), address=address)
    person = Person(email=address, name=name, created_at=at)
    if password is not None:
        person.password_hash = passwords.hashed(password, email=address)
    try:
        with db.session.begin_nested():  # of two who add it at once, the second waits here for the first
            db.session.add(person)
    except IntegrityError as problem:
        raise Refused(N_("%(address)s belongs to somebody already."), address=address) from problem
    person.record("added", actor=actor, at=at, changes={"name": name})
    return person


def person_with(email: str) -> Person | None:
    """Whoever has this address."""
    return db.session.scalar(select(Person).where(Person.email == normal_address(email)))


def add_seat(
    organisation: Organisation,
    role: str,
    *,
    section: str,
    post: str,
    mailbox: str,
    actor: Actor,
    at: datetime,
) -> Seat:
    """A new seat, still without a holder. Raises Refused when the role is not one of such a body."""
    if organisation.merged_at is not None:
        raise Refused(
            N_("%(body)s has merged into %(successor)s."),
            body=organisation.full_name,
            successor=organisation.at_present.full_name,
        )
    if role not in roles_at(organisation):
        raise Refused(N_("%(body)s has no such role."), body=organisation.full_name)
    seat = Seat(
        organisation=organisation,
        role=role,
        section=section,
        post=post,
        mailbox=checked_address(mailbox),
        created_at=at,
    )
    db.session.add(seat)
    seat.record("seat_made", actor=actor, at=at, changes={"role": role, "mailbox": seat.mailbox})
    watch.changed("made", seat, actor=actor, at=at)
    return seat


def revise_seat(seat: Seat, *, section: str, post: str, mailbox: str, actor: Actor, at: datetime) -> None:
    """Sections are renamed and mailboxes move; whoever holds the seat keeps it."""
    facts = {"section": section, "post": post, "mailbox": checked_address(mailbox)}
    changes = {
        key: [getattr(seat, key), value] for key, value in facts.items() if getattr(seat, key) != value
    }
    if changes:
        for key in changes:
            setattr(seat, key, facts[key])
        seat.record("edited", actor=actor, at=at, changes=changes)
        former = {key: was for key, (was, _now) in changes.items()}
        held_by = watch.holders(seat, on=calendar.day_of(at))
        watch.changed("revised", seat, actor=actor, at=at, leaving=held_by, former=former)


def take_seat(seat: Seat, person: Person, *, on: date, actor: Actor, at: datetime) -> Tenure:
    """The person holds the seat from the day `on`. Raises Refused when it is closed, or held on that day or later."""
    tenure = _take(seat, person, on=on, actor=actor, at=at)
    watch.changed("taken", seat, actor=actor, at=at, coming=person, on=on)
    return tenure


def _take(seat: Seat, person: Person, *, on: date, actor: Actor, at: datetime) -> Tenure:
    held(seat)
    _refuse_closed(seat, on)
    tenures = list(db.session.scalars(select(Tenure).where(Tenure.seat_id == seat.id)))
    for other in tenures:
        if not other.is_void and (other.ended_on is None or other.ended_on >= on):
            raise Refused(
                N_("%(name)s holds this seat from %(date)s."), name=other.name, date=other.started_on
            )
    tenure = next((void for void in tenures if void.person_id == person.id and void.started_on == on), None)
    if tenure is None:
        tenure = Tenure(person=person, seat=seat, started_on=on, created_at=at)
        db.session.add(tenure)
    tenure.ended_on = None
    seat.record("seat_taken", actor=actor, at=at, changes={"holder": person.name, "on": on})
    return tenure


def hand_over(
    seat: Seat, person: Person, *, on: date, newest: int | None = None, actor: Actor, at: datetime
) -> Tenure:
    """The person holds the seat from the day `on`; who holds it until then, to the day before.

    Handed over on the very day it was taken, the first hand-over counts as never made. `newest` is the id of the
    newest tenure that whoever hands over knows of. Raises Refused, also when there is a newer one.
    """
    held(seat)
    _refuse_closed(seat, on)
    if seat.role == CONSULTANT:
        raise Refused(N_("The seat of a consultant is not handed over: the body lets in whom it wants."))
    if newest is not None and newest != seat.newest_tenure_id:
        name = max(seat.tenures, key=lambda tenure: tenure.id).name
        raise Refused(N_("This seat has just been handed to %(name)s. Look at it again."), name=name)
    holder = db.session.scalar(
        select(Tenure).where(
            Tenure.seat_id == seat.id,
            Tenure.started_on <= on,
            Tenure.ended_on.is_(None) | (Tenure.ended_on >= on),
        )
    )
    if holder is not None:
        if holder.person_id == person.id:
            raise Refused(N_("%(name)s holds this seat already."), name=person.name)
        _leave(holder, on=on - timedelta(days=1), actor=actor, at=at)
        db.session.flush()  # the old holder out before the new one is in
    tenure = _take(seat, person, on=on, actor=actor, at=at)
    leaving = (holder.person,) if holder else ()
    watch.changed("handed_over", seat, actor=actor, at=at, leaving=leaving, coming=person, on=on)
    return tenure


def leave_seat(tenure: Tenure, *, on: date, actor: Actor, at: datetime) -> None:
    """`on` is the last day in the seat; yesterday takes access away at once. Raises Refused."""
    _leave(tenure, on=on, actor=actor, at=at)
    watch.changed("left", tenure.seat, actor=actor, at=at, leaving=(tenure.person,), on=on)


def _leave(tenure: Tenure, *, on: date, actor: Actor, at: datetime) -> None:
    if on < tenure.started_on - timedelta(days=1):
        raise Refused(N_("The seat was taken on %(date)s, after that day."), date=tenure.started_on)
    if tenure.ended_on is not None and tenure.ended_on <= on:
        raise Refused(N_("%(name)s has left this seat already."), name=tenure.name)
    tenure.ended_on = on
    tenure.seat.record("seat_left", actor=actor, at=at, changes={"holder": tenure.name, "on": on})


def close_seat(seat: Seat, *, on: date, actor: Actor, at: datetime) -> None:
    """Nobody holds the seat from the day `on`. Raises Refused when it is closed already."""
    held(seat)
    if seat.closed_on is not None:
        raise Refused(N_("This seat is closed already."))
    held_by = watch.holders(seat, on=on)
    for tenure in seat.tenures:
        if not tenure.is_void and (tenure.ended_on is None or tenure.ended_on >= on):
            _leave(tenure, on=max(on, tenure.started_on) - timedelta(days=1), actor=actor, at=at)
    seat.closed_on = on
    seat.record("seat_closed", actor=actor, at=at, changes={"on": on})
    watch.changed("closed", seat, actor=actor, at=at, leaving=held_by, on=on)


def set_password(person: Person, password: str, *, actor: Actor = SYSTEM, at: datetime | None = None) -> None:
    """Keep a new password; all sessions of the person end, links that are out open nothing any more.

    Raises WeakPassword, passwords.Busy.
    """
    at = at or calendar.now()
    person.password_hash = passwords.hashed(password, email=person.email)
    sessions.end_all(person.id, "password")
    links.revoke(PASSWORD, person.id, at=at)
    person.record("password_set", actor=actor, at=at, audience="office")
    watch.password_set(person, actor=actor, at=at)


def set_password_by_link(token: str, password: str, *, at: datetime) -> Person:
    """The same by a one-time link, which is used up. Raises LinkGone, WeakPassword, passwords.Busy."""
    link, person = person_of_link(token, at=at)
    passwords.refuse_weak(password, email=person.email)
    links.use(link, at=at)
    by_link = SeatlessActor(person.name, "by_link", person_id=person.id)
    security.note("link_used", actor=by_link, at=at, about=links.OPENS[PASSWORD])
    set_password(person, password, actor=by_link, at=at)
    return person


def person_of_link(token: str, *, at: datetime) -> tuple[OneTimeLink, Person]:
    """Whose password the link sets. Raises LinkGone."""
    link = links.find(PASSWORD, token, at=at)
    return link, db.session.get_one(Person, link.subject_id)


def password_link(
    person: Person, *, expires_at: datetime, actor: Actor = SYSTEM, at: datetime
) -> OneTimeLink:
    """A link to set a password; an earlier one that is still out opens nothing any more."""
    watch.link_made(person, actor=actor, at=at)
    links.revoke(PASSWORD, person.id, at=at)
    return _one_more_link(person, expires_at=expires_at, actor=actor, at=at)


def request_password_reset(email: str, *, origin: str, at: datetime) -> tuple[Person, OneTimeLink] | None:
    """The person with this address and the link to mail them; None when there is nobody, which nobody may be told,
    or when a link has been mailed just now: it stays good, whoever asks again.

    Raises Slowed, whether or not the address exists. Commits the counted attempt at once.
    """
    address = normal_address(email)
    RESET.admit(address, origin, known_as=devices.known_as(address), at=at)
    # Locked by the one question that is asked whether or not there is anybody: another would tell it by its time.
    person = db.session.scalar(select(Person).where(Person.email == address).with_for_update())
    known = SeatlessActor(person.name, "", person_id=person.id) if person else None
    security.note_after("link_asked", actor=known, address=address)
    if person is None or _was_mailed_lately(person, at):
        return None
    return person, _one_more_link(person, expires_at=at + RESET_FOR, actor=SYSTEM, at=at)


def end_sessions(person: Person, *, besides: Any = None, actor: Actor, at: datetime) -> int:
    """End the person's sessions, on their own wish (`besides` the session they sit at) or an administrator's; how many."""
    count = sessions.end_all(
        person.id, "by_person" if actor.person_id == person.id else "by_administrator", besides=besides
    )
    person.record("sessions_ended", actor=actor, at=at, changes={"count": count}, audience="office")
    return count


def roles_at(organisation: Organisation) -> tuple[str, ...]:
    """The roles there are in such a body. Experts and administrators may sit anywhere; consultants are let in by it."""
    foreign = {CONSULTANT} | (OFFICE | {MINISTRY} if organisation.body_kind in HEAD_TITLES else MUNICIPAL)
    return tuple(role for role in ROLES if role in SEATED - foreign)


def checked_address(text: str) -> str:
    """A mail address as it is kept. Raises Refused for what is none."""
    address = normal_address(text)
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise Refused(N_("“%(address)s” is not an e-mail address."), address=shortened(text.strip(), 100))
    return address


def _refuse_closed(seat: Seat, on: date) -> None:
    if seat.closed_on is not None and seat.closed_on <= on:
        raise Refused(N_("This seat is closed since %(date)s."), date=seat.closed_on)


def _one_more_link(person: Person, *, expires_at: datetime, actor: Actor, at: datetime) -> OneTimeLink:
    person.record("password_link_made", actor=actor, at=at, changes={"until": expires_at}, audience="office")
    return links.make(PASSWORD, person.id, expires_at=expires_at)


def _was_mailed_lately(person: Person, at: datetime) -> bool:
    made = links.out_since(PASSWORD, person.id, at=at - RESET_FOR)
    return bool(made) and at < made[-1] + RESET_MAILED_EVERY * 2 ** min(len(made) - 1, 4)
