"""The mails of the rotation: the body is asked, and asked again; the administrators are told of a change."""

from __future__ import annotations

from datetime import date, datetime

from app import calendar
from app.correspondence import outbox
from app.organisations.contacts import office_mailboxes, people_of, seat_mailboxes
from app.permissions import ADMINISTRATOR, MUNICIPAL
from app.rotation.models import SeatCheck


def asked(check: SeatCheck, *, on: date, at: datetime, reminder: str = "") -> None:
    """To every held mailbox of the body; where there is none, one that waits with the office. `reminder`: its occasion."""
    body = check.organisation
    addresses = seat_mailboxes(body.id, MUNICIPAL, on)
    outbox.send(
        "seats_reminder" if reminder else "seats_asked",
        to=outbox.mailboxes(addresses) if addresses else outbox.contact_of(body, on=on),
        about=check,
        occasion=reminder or "first",
        at=at,
        values={
            "body": body,
            "due": check.due_on,
            "seats": [(it.seat.name, it.person.name) for it in people_of([body.id], on)],
            "url": outbox.absolute_url("rotation.show", seat_check_id=check.id),
        },
    )


def reported(check: SeatCheck, *, at: datetime) -> None:
    """To the administrators: who changed, in the body's words."""
    assert check.answered_at is not None
    outbox.send(
        "seats_reported",
        to=outbox.mailboxes(office_mailboxes((ADMINISTRATOR,), calendar.day_of(at))),
        to_office=True,
        about=check,
        occasion=f"reported:{check.answered_at.isoformat()}",
        at=at,
        values={
            "body": check.organisation,
            "by": check.answered_by,
            "report": check.report,
            "url": outbox.absolute_url("rotation.show", seat_check_id=check.id),
        },
    )
