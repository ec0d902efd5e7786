"""The mails about a person's own account: to their own address, since it is theirs and no seat's."""

from __future__ import annotations

from datetime import datetime

from app import calendar
from app.correspondence import outbox
from app.db import Model
from app.organisations.contacts import works_in_office
from app.organisations.links import place_of
from app.organisations.models import OneTimeLink, Person

LINK_KEY = "password-link"


def mail_link(template: str, person: Person, link: OneTimeLink, *, at: datetime, **values) -> None:
    """Queue the mail that carries the link; its token is put in as the mail leaves, and told nowhere else."""
    address = outbox.absolute_url("accounts.set_password", token=place_of(link))
    mail_person(template, person, key=f"{LINK_KEY}:{link.id}", at=at, one_time=link, link=address, **values)


def mail_changed(person: Person, at: datetime) -> None:
    """Tell the person, who may not have done it."""
    forgotten = outbox.absolute_url("accounts.forgotten_password")
    key = f"password-changed:{person.id}:{person.password_stamp}"
    mail_person("password_changed", person, key=key, at=at, changed_at=at, forgotten=forgotten)


def mail_person(
    template: str,
    person: Person,
    *,
    key: str,
    at: datetime,
    about: Model | None = None,
    one_time: OneTimeLink | None = None,
    **values,
) -> None:
    """A mail to a person's own address, of their account or a seat of theirs."""
    to_office = works_in_office(person, on=calendar.day_of(at))
    subject, body = outbox.compose(template, to_office=to_office, name=person.name, **values)
    outbox.queue(
        key,
        to_address=person.email,
        to_name=person.name,
        subject=subject,
        body=body,
        about=about,
        link=one_time,
        at=at,
    )
