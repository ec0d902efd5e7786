"""More time for one applicant, asked for by an officer and decided by a director."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import calendar
from app.applications import graces
from app.applications.grace_models import Grace
from app.db import db
from app.organisations.models import Organisation
from app.permissions import DIRECTOR, OFFICER
from app.programmes.models import Call
from tests.factories.applications import holder
from tests.factories.organisations import organisation as new_organisation
from tests.factories.programmes import call as new_call


def grace(
    call: Call | None = None,
    organisation: Organisation | None = None,
    *,
    state: str = "asked",
    until: datetime | None = None,
    reason: str = "大雪による庁舎の停電のため",
    at: datetime | None = None,
) -> Grace:
    """A grace in `state`; until a week after the call closes, unless another instant is given."""
    at, call, body = at or calendar.now(), call or new_call(), organisation or new_organisation()
    until = until or max(call.closes_at or at, at) + timedelta(days=7)
    made = graces.ask(call, body, until=until, reason=reason, actor=holder(OFFICER), at=at)
    if state == "granted":
        graces.grant(made, actor=holder(DIRECTOR), at=at)
    elif state == "refused":
        graces.refuse(made, remark="全国一斉の事情ではないため", actor=holder(DIRECTOR), at=at)
    db.session.flush()
    return made
