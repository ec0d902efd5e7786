"""As the demo's clock passes the day of a real announcement, the call waiting for it becomes part of the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.programmes.operations import record_past_call


def follow_the_record(at: datetime) -> int:
    """Enter the calls whose announcement has come; how many. One that somebody published in the demo is left alone."""
    due = select(Call).where(
        Call.state == "draft", Call.announced_on.is_not(None), Call.announced_on <= at.date()
    )
    found = list(db.session.scalars(due))
    for call in found:
        record_past_call(call, actor=SYSTEM, at=at)
    return len(found)
