"""The numbers of a call's applications: R5-0001, one after the other, none twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.actors import Actor
from app.applications.models import Application
from app.correspondence.registers import NotAhead
from app.db import db
from app.programmes.models import Call


def last_number(call: Call) -> int:
    """The last one given or skipped."""
    given = select(func.max(Application.sequence)).where(Application.call_id == call.id)
    return max(db.session.scalar(given) or 0, call.numbers_skipped_through)


def give_number(application: Application, call: Call) -> None:
    """The next number of the call, whose row the caller holds."""
    application.sequence = last_number(call) + 1
    application.number = f"{call.code}-{application.sequence:04d}"


def skip_numbers(call: Call, *, through: int, reason: str, actor: Actor, at: datetime) -> int:
    """Give none of the numbers up to `through` any more: they went out before a backup was restored. The first of them.

    The caller holds the call's row. Raises NotAhead, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("numbers are skipped for a reason")
    last = last_number(call)
    if through <= last:
        raise NotAhead(last)
    call.numbers_skipped_through = through
    changes = {"from": last + 1, "to": through, "reason": reason.strip()}
    call.record("application_numbers_skipped", actor=actor, at=at, changes=changes, audience="office")
    return last + 1
