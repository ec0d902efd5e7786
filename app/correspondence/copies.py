"""The officers' copies: one digest a day of the mails that the system sent by itself, headed as a copy (写し).

The municipality is told by its own mail; the office need not act, but has to know. One mail for each record would
bury everything else (237 of 328 mails in a simulated year).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload

from app import calendar
from app.correspondence import outbox
from app.correspondence.models import Mail
from app.correspondence.voice import voice_of
from app.db import db
from app.organisations.contacts import office_mailboxes
from app.permissions import OFFICER
from app.web.manifest import page_of

KEY = "copies"


@dataclass(frozen=True)
class Told:
    """What was told about one record: in which words, to whom, and where to read on."""

    subject: str
    recipients: Sequence[str]
    unreached: Sequence[str]  # bodies without a mailbox: their mails wait for the office
    url: str


@dataclass(frozen=True)
class Group:
    """All mails of one kind, under the note that their senders left for the officers."""

    note: str
    mails: int
    about: Sequence[Told]


def send(*, on: date, at: datetime) -> int:
    """Queue the digest of all mails that are to be copied and were not yet, to each mailbox of officers; how many.

    Each programme has one of its own, in its voice. Only on a business day, and once a day: what is queued after the day's digest waits for the next one. While no
    officer holds a seat nothing is taken as copied.
    """
    if not calendar.is_business_day(on) or db.session.scalar(select(_sent_on(on))):
        return 0
    mailboxes = office_mailboxes([OFFICER], on=on)
    waiting = list(db.session.scalars(_not_copied_yet())) if mailboxes else []
    if not waiting:
        return 0
    queued, first = 0, waiting[0].programme_id
    for programme_id, of_programme in groupby(waiting, key=lambda mail: mail.programme_id):
        mails = list(of_programme)
        queued += outbox.send(
            "office_copies",
            to=outbox.mailboxes(mailboxes),
            to_office=True,
            voice=voice_of(mails[0]),
            occasion=f"{KEY}:{on}" if programme_id == first else f"{KEY}:{on}:{programme_id}",
            at=at,
            values={
                "groups": _groups(mails),
                "total": len(mails),
                "on": on,
                "url": outbox.absolute_url("correspondence.mails"),
            },
        )
    for mail in waiting:
        mail.copied_at = at
    return queued


def _not_copied_yet() -> Select[Mail]:
    """Held until the commit, so that no two workers copy the same; by programme, in the order of their notes and records."""
    return (
        select(Mail)
        .where(Mail.copy_note != "", Mail.copied_at.is_(None))
        .options(joinedload(Mail.organisation))
        .order_by(Mail.programme_id, Mail.copy_note, Mail.about_kind, Mail.about_id, Mail.id)
        .with_for_update(of=Mail)
    )


def _sent_on(day: date) -> ColumnElement[bool]:
    return exists().where(Mail.key.startswith(f"{KEY}:{day}:", autoescape=True))


def _groups(waiting: Iterable[Mail]) -> list[Group]:
    found = []
    for note, of_note in groupby(waiting, key=lambda mail: mail.copy_note):
        mails = list(of_note)
        by_record = groupby(mails, key=lambda mail: (mail.about_kind, mail.about_id))
        found.append(Group(note, len(mails), [_told(list(of_record)) for _record, of_record in by_record]))
    return found


def _told(mails: Sequence[Mail]) -> Told:
    first = mails[0]
    return Told(
        first.subject,
        [_recipient(mail) for mail in mails if mail.to_address],
        [_recipient(mail) for mail in mails if not mail.to_address],
        _page(first),
    )


def _recipient(mail: Mail) -> str:
    return mail.organisation.full_name if mail.organisation else mail.to_name or mail.to_address


def _page(mail: Mail) -> str:
    """The page of what it is about; of the mail itself where that has none."""
    endpoint, values = page_of(mail.about_kind, mail.about_id) or (
        "correspondence.mail",
        {"mail_id": mail.id},
    )
    return outbox.absolute_url(endpoint, **values)
