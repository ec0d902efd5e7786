"""Which officer checks an application (担当): a seat, so that whoever takes the seat over has it.

What nobody is assigned to, or only a seat that nobody holds, lies with all officers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from app import calendar
from app.actors import Actor
from app.applications.models import Application
from app.db import db
from app.lifecycle import NotAllowed
from app.lifecycle.application import OVER
from app.memory import HOUSE, remembered
from app.organisations.models import Person, Seat, Tenure
from app.permissions import OFFICER


def officers() -> dict[int, str]:
    """Seat's id → who holds it today, of the officers, by name; of two with one name the post is told too."""
    today = calendar.today()

    def ask() -> dict[int, str]:
        query = (
            select(Seat.id, Person.name, Seat.post)
            .join(Tenure, Tenure.seat_id == Seat.id)
            .join(Person, Person.id == Tenure.person_id)
            .where(Seat.role == OFFICER, Tenure.holds(today))
            .order_by(Person.name, Seat.id)
        )
        rows = db.session.execute(query).all()
        names = [name for _seat, name, _post in rows]
        return {seat: name if names.count(name) == 1 else f"{name}（{post}）" for seat, name, post in rows}

    return remembered(("officers", today), ask, HOUSE)


def assignee_of(application: Application) -> str:
    """Who it is assigned to; empty for nobody."""
    return officers().get(application.assignee_id or 0, "")


def lies_with_all() -> ColumnElement[bool]:
    """The condition of being assigned to nobody who holds a seat today."""
    held = tuple(officers())
    return or_(Application.assignee_id.is_(None), Application.assignee_id.not_in(held))


def assign(
    applications: Sequence[Application], seat_id: int | None, *, actor: Actor, at: datetime
) -> list[Application]:
    """Let the officer in this seat check them, None: all officers; those that were somebody else's before.

    Raises NotAllowed for who may not, and for one that is over; ValueError for a seat that no officer holds.
    """
    if seat_id is not None and seat_id not in officers():
        raise ValueError(f"no officer holds the seat {seat_id}")
    changed = []
    for application in applications:
        if not actor.may("application.check", application) or application in OVER:
            raise NotAllowed(application, "assign", "not to be assigned by this person any more")
        if application.assignee_id == seat_id:
            continue
        names = [officers().get(key or 0, "") for key in (application.assignee_id, seat_id)]
        application.assignee_id = seat_id
        application.record("assigned", actor=actor, at=at, changes={"assignee": names}, audience="office")
        changed.append(application)
    return changed
