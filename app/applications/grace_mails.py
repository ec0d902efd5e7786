"""The mails of a grace: the body is told until when it may submit and why, the officers how the director decided."""

from __future__ import annotations

from datetime import datetime

from app import calendar
from app.applications.grace_models import Grace
from app.correspondence import outbox
from app.lifecycle.grace import GRANTED
from app.organisations.contacts import office_mailboxes
from app.permissions import OFFICER

GRANTED_NOTE = "提出期限の猶予を認めたことを、申請団体に知らせました。他の団体には知らせていません。"


def granted(grace: Grace, *, at: datetime) -> None:
    """To the contact of the body alone. Its page leads to the draft, or to where one is started."""
    outbox.send(
        "grace_granted",
        to=outbox.contact_of(grace.organisation, on=calendar.day_of(at)),
        about=grace,
        occasion="granted",
        at=at,
        values={
            "body": grace.organisation,
            "call": grace.call,
            "until": grace.until,
            "reason": grace.reason,
            "url": outbox.absolute_url("applications.start", call_id=grace.call_id),
        },
        copy_note=GRANTED_NOTE,
    )


def decided(grace: Grace, *, at: datetime) -> None:
    """To the officers: what they asked for was granted, or why it was not."""
    outbox.send(
        "grace_decided",
        to=outbox.mailboxes(office_mailboxes((OFFICER,), calendar.day_of(at))),
        to_office=True,
        about=grace,
        occasion="decided",
        at=at,
        values={
            "grace": grace,
            "granted": grace in GRANTED,
            "body": grace.organisation,
            "call": grace.call,
            "url": outbox.absolute_url("applications.grace", grace_id=grace.id),
        },
    )
