"""Where mail goes: to the mailbox of a seat that somebody holds, never to a person's own address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app import calendar
from app.db import db
from app.memory import HOUSE, remembered
from app.organisations.labels import ROLES
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.organisations.successors import stands_for
from app.permissions import APPROVER, MUNICIPAL, OFFICE


class NoSuchTenure(LookupError):
    """No current seat fits, or several do; the sentence says which."""


@dataclass(frozen=True)
class Reached:
    """Where the mail for a body goes: to its contact, or to its general address (代表メールアドレス) while it has none."""

    address: str
    is_general: bool = False


def reached_at(organisation_ids: Iterable[int], *, on: date | None = None) -> dict[int, Reached]:
    """Where mail reaches each body on `on` (default today). One that nobody has entered an address of either is missing."""
    now = stands_for(set(organisation_ids))
    contacts = {body: Reached(address) for body, address in mailboxes_of(now, on=on).items()}
    if alone := {now[body] for body in now.keys() - contacts.keys()}:
        general = select(Organisation.id, Organisation.general_address).where(
            Organisation.id.in_(alone), Organisation.general_address != ""
        )
        addresses = {row.id: Reached(row.general_address, True) for row in db.session.execute(general)}
        contacts |= {
            body: addresses[now[body]] for body in now.keys() - contacts.keys() if now[body] in addresses
        }
    return contacts


def mailboxes_of(organisation_ids: Iterable[int], *, on: date | None = None) -> dict[int, str]:
    """The one contact mailbox of each body: its approver's, else its editor's.

    A body whose seats nobody holds on `on` (default today) is missing: it has no contact. One that has merged has that of
    the body that stands for it.
    """
    now = stands_for(set(organisation_ids))
    rows = db.session.execute(
        select(Seat.organisation_id, Seat.role, Seat.mailbox)
        .join(Tenure, Tenure.seat_id == Seat.id)
        .where(
            Seat.organisation_id.in_(set(now.values())),
            Seat.role.in_(MUNICIPAL),
            Tenure.holds(on or calendar.today()),
        )
        .order_by(Seat.id)
    )
    found: dict[int, str] = {}
    for body, _role, mailbox in sorted(rows, key=lambda row: row.role != APPROVER):
        found.setdefault(body, mailbox)
    return {body: found[stands] for body, stands in now.items() if stands in found}


def bodies_with_a_contact(on: date) -> frozenset[int]:
    """The ids of those bodies for which somebody in a seat acts on `on`."""

    def ask() -> frozenset[int]:
        acting = select(Seat.organisation_id).join(Tenure, Tenure.seat_id == Seat.id)
        return frozenset(db.session.scalars(acting.where(Seat.role.in_(MUNICIPAL), Tenure.holds(on))))

    return remembered(("bodies with a contact", on), ask, HOUSE)


def people_of(organisation_ids: Iterable[int], on: date) -> list[Tenure]:
    """Who acts for these bodies on `on`: the holders of their seats, body by body in the order given, approvers first."""
    order = {body: place for place, body in enumerate(stands_for(organisation_ids).values())}
    query = (
        select(Tenure)
        .join(Tenure.seat)
        .where(Seat.organisation_id.in_(order), Seat.role.in_(MUNICIPAL), Tenure.holds(on))
        .options(contains_eager(Tenure.seat), joinedload(Tenure.person))
        .order_by(Seat.id, Tenure.id)
    )
    found = db.session.scalars(query).all()
    return sorted(found, key=lambda it: (order[it.seat.organisation_id], it.seat.role != APPROVER))


def seat_mailboxes(organisation_id: int, roles: Iterable[str], on: date) -> list[str]:
    """The mailboxes of the seats of these roles at one body that somebody holds on `on`, each once."""
    body = stands_for([organisation_id])[organisation_id]
    query = (
        select(Seat.mailbox)
        .join(Tenure, Tenure.seat_id == Seat.id)
        .where(Seat.organisation_id == body, Seat.role.in_(tuple(roles)), Tenure.holds(on))
    )
    return list(db.session.scalars(query.distinct().order_by(Seat.mailbox)))


def office_mailboxes(roles: Iterable[str] = ("officer",), on: date | None = None) -> list[str]:
    """The mailboxes of all held seats of these roles, each once."""
    return list(
        db.session.scalars(
            select(Seat.mailbox)
            .join(Tenure, Tenure.seat_id == Seat.id)
            .where(Seat.role.in_(tuple(roles)), Tenure.holds(on or calendar.today()))
            .distinct()
            .order_by(Seat.mailbox)
        )
    )


def works_in_office(person: Person, *, on: date) -> bool:
    """Whether the person holds a seat of the office on `on` or will: a mail does not ask the office to write to itself."""
    ahead = or_(Tenure.ended_on.is_(None), Tenure.ended_on >= on)
    seats = (
        select(Tenure.id).join(Tenure.seat).where(Tenure.person_id == person.id, Seat.role.in_(OFFICE), ahead)
    )
    return db.session.scalar(seats.limit(1)) is not None


def tenure_of(email: str, *, role: str | None = None, on: date | None = None) -> Tenure:
    """The seat in which the person with this address acts (a command's --as). Raises NoSuchTenure."""
    if role is not None and role not in ROLES:
        raise NoSuchTenure(f"there is no role {role}; there are {', '.join(ROLES)}")
    query = Tenure.current(on).join(Tenure.person).where(Person.email == email.strip().lower())
    held = list(db.session.scalars(query.order_by(Tenure.id)))
    fitting = [tenure for tenure in held if role in (None, tenure.role)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        choices = ", ".join(
            f"{tenure.role} ({tenure.organisation_name} {tenure.seat_name})" for tenure in fitting
        )
        raise NoSuchTenure(f"{email} holds several seats: {choices}; say which role")
    if held:
        raise NoSuchTenure(f"{email} holds no seat as {role}, but as {', '.join(t.role for t in held)}")
    raise NoSuchTenure(f"nobody with the address {email} holds a seat at present")
