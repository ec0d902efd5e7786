"""The mails about a person's own account: to their own address, since it is theirs and no seat's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.correspondence import outbox
from app.db import Model
from app.organisations.contacts import works_in_office
from app.organisations.links import place_of
from app.organisations.models import OneTimeLink, Person

LINK_KEY = "password-link"


def mail_link(
    template: str,
    person: Person,
    link: OneTimeLink,
    *,
    at: datetime,
    about: Model | None = None,
    audience: str = "all",
    **values: Any,
) -> None:
    """Queue the mail that carries the link; its token is put in as the mail leaves, and told nowhere else."""
    values["link"] = outbox.absolute_url("accounts.set_password", token=place_of(link))
    occasion, columns = f"{LINK_KEY}:{link.id}", {"about": about, "audience": audience, "link": link}
    mail_person(template, person, occasion=occasion, at=at, values=values, **columns)


def mail_changed(person: Person, at: datetime) -> None:
    """Tell the person, who may not have done it."""
    values = {"changed_at": at, "forgotten": outbox.absolute_url("accounts.forgotten_password")}
    occasion = f"password-changed:{person.id}:{person.password_stamp}"
    mail_person("password_changed", person, occasion=occasion, at=at, values=values)


def mail_person(
    template: str, person: Person, *, occasion: str, at: datetime, values: dict[str, Any], **columns: Any
) -> None:
    """A mail to a person's own address, of their account or a seat of theirs."""
    outbox.send(
        template,
        to=outbox.Recipient(person.email, person.name),
        to_office=works_in_office(person, on=calendar.day_of(at)),
        occasion=occasion,
        at=at,
        values={"name": person.name, **values},
        **columns,
    )
