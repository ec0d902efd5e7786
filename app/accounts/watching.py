"""The mail about a director's or an administrator's seat: to everybody who could tell that it was not agreed.

It goes to the seat's mailbox, to the one it had before, to the people whose seat it was and will be, and to every
mailbox of directors and administrators: whoever changes one of them does not keep it from the others.
"""

from __future__ import annotations

import secrets

from app import calendar
from app.actors import Actor
from app.correspondence import outbox
from app.organisations.contacts import office_mailboxes
from app.organisations.watch import WATCHED, Change
from app.permissions import ADMINISTRATOR, DIRECTOR, SYSTEM

ROLES = {DIRECTOR: "決裁者", ADMINISTRATOR: "システム管理者"}


def tell(change: Change) -> None:
    act = secrets.token_hex(8)  # each act is told of, also the same one twice within a moment
    outbox.send(
        "seat_changed",
        to=outbox.mailboxes(_addresses(change)),
        to_office=True,
        about=change.seat,
        occasion=f"changed:{act}",
        at=change.at,
        values={
            "change": change,
            "role": ROLES[change.seat.role],
            "leaving": "、".join(f"{person.name}様" for person in change.leaving),
            "by": _by(change.actor),
            "url": outbox.absolute_url("organisations.seat", seat_id=change.seat.id),
        },
    )


def _addresses(change: Change) -> list[str]:
    everybody = office_mailboxes(WATCHED, on=calendar.day_of(change.at))
    own = [person.email for person in change.people]
    named = [change.seat.mailbox, change.former.get("mailbox", ""), *own, *everybody]
    return [address for address in named if address]


def _by(actor: Actor) -> str:
    """Body, seat and person; a command is run by whoever runs the server."""
    if actor is SYSTEM:
        return "サーバー上の操作（コマンド）"
    names = (getattr(actor, "organisation_name", ""), getattr(actor, "seat_name", ""), actor.name)
    return "　".join(name for name in names if name)
