"""The seats of the demo, each with a person and the demo's one password."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app import calendar
from app.applications import delegations
from app.applications.models import Application
from app.db import db
from app.demo.accounts import ACCOUNTS, MUNICIPALITY, PASSWORD
from app.demo.call_content import MARK
from app.organisations import operations as organisations
from app.organisations import passwords, watch
from app.organisations.models import Organisation, Seat, Tenure
from app.permissions import APPLICANT, APPROVER, CONSULTANT, MUNICIPAL, SYSTEM

OFFICE_NAME = "内閣府地方創生推進事務局"


def seat_the_office(at: datetime) -> None:
    """The bureau, with the accounts that are no municipality's."""
    bureau = organisations.add_organisation(
        name=OFFICE_NAME,
        body_kind="ministry",
        kana="ナイカクフチホウソウセイスイシンジムキョク",
        actor=SYSTEM,
        at=at,
    )
    db.session.flush()
    for it in ACCOUNTS:
        if it.role not in APPLICANT:
            _seat(bureau, it.role, it.section, it.post, it.email, it.email, it.name, at)


def seat_the_municipality(body: Organisation, at: datetime) -> None:
    """The two accounts of the demo's own municipality."""
    for it in ACCOUNTS:
        if it.role in MUNICIPAL:
            mailbox = f"{MUNICIPALITY}@example.jp" if it.role == APPROVER else it.email
            _seat(body, it.role, it.section, it.post, mailbox, it.email, it.name, at)


def let_a_consultant_in(application: Application, until: date, at: datetime) -> None:
    """The demo's consultant, by the approver of the body, as its page does it."""
    it = next(account for account in ACCOUNTS if account.role == CONSULTANT)
    person = organisations.add_person(it.email, it.name, actor=SYSTEM, at=at)
    person.password_hash = _hash()
    purpose = f"{MARK}事業の概要と予算の表の下書き"
    approver = somebody_at(application.organisation, at)
    with watch.silently():
        delegations.let_in(
            application, name=it.name, company=it.section, email=it.email, until=until, purpose=purpose,
            actor=approver, at=at,
        )  # fmt: skip


def somebody_at(body: Organisation, at: datetime) -> Tenure:
    """Who acts for `body`: whoever holds its first seat, else a person made up for it, in a new seat."""
    return holder_of(APPROVER, body) or _seat(
        body,
        APPROVER,
        "未来技術担当",
        "担当課長",
        f"{body.code}@example.jp",
        f"{body.code}@example.jp",
        f"{MARK}{body.name} 担当者",
        at,
    )


def holder_of(role: str, body: Organisation | None = None) -> Tenure | None:
    query = select(Tenure).join(Tenure.seat).where(Seat.role == role)
    if body is not None:
        query = query.where(Seat.organisation_id == body.id)
    return db.session.scalars(query.order_by(Tenure.id)).first()


def _seat(
    body: Organisation, role: str, section: str, post: str, mailbox: str, email: str, name: str, at: datetime
) -> Tenure:
    with watch.silently():
        return _taken(body, role, section, post, mailbox, email, name, at)


def _taken(
    body: Organisation, role: str, section: str, post: str, mailbox: str, email: str, name: str, at: datetime
) -> Tenure:
    seat = organisations.add_seat(
        body, role, section=section, post=post, mailbox=mailbox, actor=SYSTEM, at=at
    )
    person = organisations.person_with(email) or organisations.add_person(email, name, actor=SYSTEM, at=at)
    person.password_hash = person.password_hash or _hash()
    db.session.flush()
    return organisations.take_seat(seat, person, on=calendar.day_of(at), actor=SYSTEM, at=at)


_hashed: list[str] = []


def _hash() -> str:
    """One hash for all: argon2id is slow on purpose, and fifty accounts share the demo's password anyway."""
    if not _hashed:
        _hashed.append(passwords.hashed(PASSWORD))
    return _hashed[0]
