"""Checks of the seats of a body."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import calendar
from app.db import db
from app.organisations.models import Organisation
from app.permissions import ADMINISTRATOR, EDITOR
from app.rotation import operations
from app.rotation.models import SeatCheck
from tests.factories.applications import holder
from tests.factories.organisations import organisation as new_organisation


def seat_check(
    organisation: Organisation | None = None,
    *,
    state: str = "asked",
    report: str = "企画課の係長が見本 次郎に替わりました。",
    at: datetime | None = None,
) -> SeatCheck:
    """A check of this fiscal year in `state`, due in three weeks."""
    at, body = at or calendar.now(), organisation or new_organisation()
    made = SeatCheck(
        organisation=body,
        fiscal_year=calendar.fiscal_year(at),
        due_on=calendar.day_of(at) + timedelta(days=21),
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    if state == "confirmed":
        operations.confirm(made, actor=holder(EDITOR, body), at=at)
    elif state in ("reported", "settled"):
        operations.report(made, report=report, actor=holder(EDITOR, body), at=at)
    if state == "settled":
        operations.settle(made, actor=holder(ADMINISTRATOR), at=at)
    db.session.flush()
    return made
