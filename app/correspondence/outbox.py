"""Mail is written here, in the transaction of what it tells, and sent later by the job: see delivery.py.

`send` is what every context calls: from people and what they are told to queued mails, each once for its occasion.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.correspondence import messages, wording
from app.correspondence.models import Mail
from app.correspondence.voice import Voice, voice_of
from app.correspondence.wrapping import wrap
from app.db import Model, add_once, db, held
from app.lifecycle import N_, NotAllowed, group_tests
from app.organisations import links
from app.organisations.contacts import Reached, reached_at
from app.organisations.models import OneTimeLink, Organisation
from app.permissions import SYSTEM
from config import ROOT

NO_MAILBOX = N_("The body has no seat that anybody holds, so there is no mailbox to send to.")
LONGEST_KEY = 160


@dataclass(frozen=True)
class Recipient:
    """A mailbox; with a `body` it is the contact of that local government, whose contact may have moved by the time
    that a mail is tried again. Without an address the mail is parked.
    """

    address: str
    name: str = ""
    body: Organisation | None = None
    is_general: bool = False  # nobody holds a seat there: the mail says why it comes to the general address

    @property
    def mark(self) -> str:
        """Tells it from the others that are told the same."""
        return str(self.body.id) if self.body else self.address


def contact_of(body: Organisation, *, on: date) -> Recipient:
    """The contact mailbox of the body."""
    return contacts_of([body], on=on)[0]


def contacts_of(bodies: Sequence[Organisation], *, on: date) -> list[Recipient]:
    """The contact mailbox of each body; while nobody holds a seat there, its general address."""
    found = reached_at([body.id for body in bodies], on=on)
    nowhere = Reached("")
    return [
        Recipient(it.address, body.full_name, body, it.is_general)
        for body in bodies
        for it in (found.get(body.id, nowhere),)
    ]


def mailboxes(addresses: Iterable[str]) -> list[Recipient]:
    """Of the office or of the seats of a body, each once."""
    return [Recipient(address) for address in dict.fromkeys(addresses)]


def send(
    template: str,
    *,
    to: Recipient | Iterable[Recipient],
    about: Model | None = None,
    occasion: str = "",
    at: datetime,
    values: Mapping[str, Any],
    of_body: Callable[[Any], Mapping[str, Any]] | None = None,
    to_office: bool = False,
    voice: Voice | None = None,
    **columns: Any,
) -> int:
    """Queue the mail of `template` to each recipient; how many there are that had not been told on this occasion.

    It speaks in the voice of the programme of `about`; `voice` gives that of what is about many records of one programme.

    A mail is told from all others by its record, its occasion (all that makes it another one: the day, the how-manieth)
    and, where several are told, by whom it goes to. What was queued under the same key before is not queued again, also when
    another one stands at its place in the list. `values` are for the template, `of_body` gives those that differ by
    recipient; `columns` go to `queue`.
    """
    alone, voice = isinstance(to, Recipient), voice or voice_of(about)
    composed = None if of_body else compose(template, voice=voice, to_office=to_office, **values)
    queued = 0
    for recipient in [to] if isinstance(to, Recipient) else to:
        own = of_body(recipient.body) if of_body else {}
        unattended = recipient.body if recipient.is_general else None
        subject, body = (not unattended and composed) or compose(
            template, voice=voice, to_office=to_office, unattended=unattended, **values, **own
        )
        queued += (
            queue(
                key_of(about, occasion, "" if alone else recipient.mark),
                to_address=recipient.address,
                to_name=recipient.name,
                subject=subject,
                body=body,
                about=about,
                programme_id=voice.id,
                organisation_id=recipient.body.id if recipient.body else None,
                at=at,
                **columns,
            )
            is not None
        )
    return queued


def key_of(about: Model | None, occasion: str, mark: str = "") -> str:
    """What is too long for its column ends with a digest of the whole: cut off it would be another mail's key."""
    record = f"{about.kind}:{about.id}" if about else ""
    key = ":".join(part for part in (record, occasion, mark) if part)
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{key[: LONGEST_KEY - len(digest) - 1]}:{digest}"


def queued_lately(about: Model, occasion: str, at: datetime) -> list[datetime]:
    """When mails about a record on occasions that begin like this were queued in the last day, the earliest first.

    Each counts once, to however many it went: for whoever keeps a pace.
    """
    query = (
        select(Mail.queued_at)
        .where(
            Mail.about_kind == about.kind,
            Mail.about_id == about.id,
            Mail.key.like(f"{key_of(about, occasion)}:%"),
            Mail.queued_at > at - timedelta(days=1),
        )
        .distinct()
    )
    return list(db.session.scalars(query.order_by(Mail.queued_at)))


def queue(
    key: str,
    *,
    to_address: str,
    subject: str,
    body: str,
    to_name: str = "",
    attachments: Iterable[dict[str, str]] = (),
    about: Model | None = None,
    programme_id: int | None = None,
    organisation_id: int | None = None,
    link: OneTimeLink | None = None,
    copy_note: str = "",
    audience: str = "all",
    at: datetime,
) -> Mail | None:
    """Put one mail into the outbox, to leave when this transaction commits. None: `key` was queued before.

    Each attachment names filename, path in the storage, media_type and sha256. `organisation_id` says that the
    mail is for the contact mailbox of that body. With a `copy_note` the officers read of the mail in the next day's
    digest (copies.py), under this note of what it told and what they may have to do. With a `link` the text has
    links.place_of(link) where its token will be. The text of a mail for the `audience` "applicant" is not shown to the
    office. Without an address the mail is parked at once, with a task for staff.
    """
    if link is not None and links.place_of(link) not in body:
        raise ValueError("a mail with a link has a place for its token")
    db.session.flush()
    parked = not to_address.strip()
    mail = add_once(
        Mail,
        key=key,
        to_address=to_address.strip(),
        to_name=to_name,
        subject=_one_line(subject),
        body=body,
        attachments=list(attachments),
        about_kind=about.kind if about else "",
        about_id=about.id if about else None,
        programme_id=programme_id,
        organisation_id=organisation_id,
        link_id=link.id if link else None,
        copy_note=copy_note,
        audience=audience,
        queued_at=at,
        next_attempt_at=None if parked else at,
        parked_at=at if parked else None,
        last_error=NO_MAILBOX if parked else "",
        message_id=_message_id(),
        created_at=at,
    )
    if mail and parked:
        mail.record("mail_parked", actor=SYSTEM, at=at, changes={"reason": NO_MAILBOX}, audience="office")
    return mail


def compose(
    template: str,
    *,
    voice: Voice,
    to_office: bool = False,
    unattended: Organisation | None = None,
    **values: Any,
) -> tuple[str, str]:
    """Subject and body from templates/mail/<template>.txt: its first line, and all after the blank line.

    Raises jinja2.UndefinedError for a value that the template asks for and nobody gave: a mail with a hole
    in it must not leave the house. A value stays within its line, unless the template says `continued`. The body is broken into lines of 36 full-width characters, and ends with the
    signature of the programme whose `voice` it has; a mail to the office itself (`to_office`) does not ask it to contact itself.
    To the general address of a body that nobody acts for (`unattended`) it says first why it comes there.
    """
    values = {"voice": voice, "to_office": to_office, **values}
    text = _mails.get_template(f"{template}.txt").render(values)
    signature = _mails.get_template("_signature.txt").render(values)
    subject, _, body = text.strip().partition("\n\n")
    if unattended:
        why = _mails.get_template("_general_address.txt").render({**values, "unattended": unattended})
        body = f"{why.strip()}\n\n{body.strip()}"
    return _one_line(subject), wrap(f"{body.strip()}\n\n{signature.strip()}\n")


def absolute_url(endpoint: str, **values: Any) -> str:
    """The address of a page as it must stand in a mail: by BASE_URL, within a request and without one."""
    base = urlsplit(current_app.config["BASE_URL"])
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def retry(mail: Mail, *, to_address: str | None = None, actor: Actor, at: datetime) -> None:
    """Queue a parked mail again, to `to_address` where another is given; its attempts count from the start.

    Raises NotAllowed when somebody else has decided on it already, ValueError when there is no address, Unsendable
    when the link in it is no longer good.
    """
    _take(mail, "retry", actor)
    messages.refuse_gone_link(mail, at=at)
    was, mail.to_address = mail.to_address, (to_address or mail.to_address).strip()
    if not mail.to_address:
        raise ValueError("a mail without an address cannot be sent")
    mail.parked_at, mail.next_attempt_at, mail.attempts, mail.last_error = None, at, 0, ""
    changes = {} if was == mail.to_address else {"to_address": [was, mail.to_address]}
    mail.record("mail_retried", actor=actor, at=at, changes=changes, audience="office")


def set_aside(mail: Mail, *, reason: str, actor: Actor, at: datetime) -> None:
    """Decide that a parked mail is not sent (told by telephone, or it did arrive after all).

    Raises NotAllowed when somebody else has decided on it already, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a mail is set aside for a reason")
    _take(mail, "set_aside", actor)
    links.forget(mail.link_id)
    mail.set_aside_at = at
    mail.record("mail_set_aside", actor=actor, at=at, changes={"reason": reason.strip()}, audience="office")


def _take(mail: Mail, name: str, actor: Actor) -> None:
    """Of two people who decide at once the second one finds it decided."""
    held(mail)
    if mail.state != "parked":
        raise NotAllowed(mail, name, f"it is {mail.state}")
    if not actor.may("mail.retry", mail):
        raise NotAllowed(mail, name, "not permitted")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _message_id() -> str:
    """Given once and kept, so that a receiver recognises a mail that reaches it twice."""
    domain = current_app.config["MAIL_FROM"].rpartition("@")[2]
    return f"<{uuid.uuid4().hex}@{domain}>"


_mails = Environment(
    loader=FileSystemLoader(ROOT / "templates" / "mail"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 (plain text)
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=wording.on_one_line,
)
_mails.globals.update(
    absolute_url=absolute_url,
    era_date=calendar.era_date,
    era_instant=calendar.era_instant,
    era_fiscal_year=calendar.era_fiscal_year,
    short_day=wording.short_day,
    short_instant=wording.short_instant,
    and_others=wording.and_others,
    all_of=wording.all_of,
)
_mails.tests.update(group_tests())
_mails.filters["continued"] = wording.continued
