"""Supported projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.db import db
from app.organisations.models import Organisation
from app.projects.models import Project, ProjectApplicant
from tests.factories.numbers import Numbers
from tests.factories.organisations import organisation
from tests.factories.programmes import call

_numbers = Numbers(1001)  # above those that tests name


def project(bodies: Sequence[Organisation] = (), **values: Any) -> Project:
    """A project under support, of one body unless `bodies` are given; by its call it ends with FY2026."""
    number = next(_numbers)
    if values.get("state") == "cancelled":
        values = {"cancelled_on": date(2023, 1, 10), "cancel_reason": "見本の理由", **values}
    if values.get("extended_years"):
        values = {"extension": "certified", "extension_on": date(2023, 1, 10), **values}
    made = Project(
        number=values.pop("number", number),
        call=values.pop("call", None) or call(selection_fy=2022, base_years=5),
        **{"title": f"見本の事業{number}", "opened_on": date(2022, 9, 1), "technologies": ["AI"], **values},
    )
    made.applicants = [
        ProjectApplicant(organisation=body, position=place)
        for place, body in enumerate(bodies or [organisation()])
    ]
    db.session.add(made)
    db.session.flush()
    return made
