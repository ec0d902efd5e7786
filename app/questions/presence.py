"""Who else has a response open: a page that is open says so again and again, and forgets whoever stopped saying it.

It tells people of each other and decides nothing: what two of them save at once is for app/questions/answering.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.actors import Actor
from app.db import UtcDateTime, db, insert_into
from app.questions.models import Response

SAID_EVERY = timedelta(seconds=20)
GONE_AFTER = timedelta(seconds=65)  # three times unsaid: the page was closed, or its line is broken


class Presence(db.Model):  # type: ignore[name-defined]
    """Where a person was last seen in a response. Its time is the machine's: a demo's clock leaves nobody's desk."""

    __tablename__ = "presences"
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    section: Mapped[str] = mapped_column(String(60))  # its key; empty: at none of them
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Other:
    """Somebody else, and the section that they are at; "" for none."""

    name: str
    section: str


def note(response: Response, section: str, *, actor: Actor, at: datetime) -> None:
    """`actor` has the page of this section open at `at`, by the machine's clock. Who has no person is not noted."""
    if actor.person_id is None:
        return
    seen: dict[str, Any] = {"name": actor.name[:200], "section": section[:60], "seen_at": at}
    statement = insert_into(Presence).values(response_id=response.id, person_id=actor.person_id, **seen)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["response_id", "person_id"], set_=seen)
    )


def others(response: Response, *, actor: Actor, at: datetime) -> list[Other]:
    """Who else has a page of it open, by name."""
    query = (
        select(Presence.name, Presence.section)
        .where(Presence.response_id == response.id, Presence.seen_at > at - GONE_AFTER)
        .where(Presence.person_id != (actor.person_id or 0))
        .order_by(Presence.name, Presence.person_id)
    )
    return [Other(name, section) for name, section in db.session.execute(query)]
