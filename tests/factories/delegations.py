"""A consultant who was let into an application."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app import calendar
from app.applications import delegations
from app.applications.delegation_models import Delegation
from app.applications.models import Application
from app.db import db
from app.organisations.models import Tenure
from app.permissions import APPROVER
from tests.factories.applications import application as new_application
from tests.factories.applications import holder
from tests.factories.numbers import Numbers

_numbers = Numbers()
COMPANY = "見本コンサルティング株式会社"


def delegation(
    application: Application | None = None,
    *,
    until: date = date(2023, 3, 17),
    at: datetime | None = None,
    tenure: Tenure | None = None,
    **values: Any,
) -> Delegation:
    """One that runs, let in by the body's approver; with a `tenure`, of the consultant who holds that seat."""
    at, application = at or calendar.now(), application or new_application("draft")
    number = next(_numbers)
    who = {
        "name": f"見本 外子{number}",
        "company": COMPANY,
        "email": f"consultant{number}@example.jp",
        **values,
    }
    if tenure is None:
        approver = holder(APPROVER, application.organisation)
        made = delegations.let_in(application, until=until, actor=approver, at=at, **who)
    else:
        body_id = application.organisation_id
        made = Delegation(
            application=application,
            organisation_id=body_id,
            seat=tenure.seat,
            until=until,
            let_in_at=at,
            let_in_by="見本",
            **who,
        )
        db.session.add(made)
    db.session.flush()
    return made
