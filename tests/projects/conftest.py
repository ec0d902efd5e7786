"""The projects of S4 that the tests speak of, with a contact for each body."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.organisations.models import Organisation
from app.projects.models import Project
from tests import factories

KINDS = {
    "道": "prefecture",
    "府": "prefecture",
    "県": "prefecture",
    "市": "city",
    "町": "town",
    "村": "village",
}


@pytest.fixture
def body(app) -> Callable[..., Organisation]:
    """A local government with a code, a kind that its name tells, and an approver with the mailbox CODE@example.jp."""
    known: dict[str, Organisation] = {}

    def make(name: str, code: str, prefecture: str = "", *, contact: bool = True) -> Organisation:
        if code in known:
            return known[code]
        made = factories.organisation(name, code, prefecture=prefecture or name, body_kind=KINDS[name[-1]])
        if contact:
            factories.tenure("municipality_approver", made).seat.mailbox = f"{code}@example.jp"
        known[code] = made
        return made

    return make


@pytest.fixture
def joint(body) -> Project:
    """No. 1 of S4: three bodies, selected in FY2018, ends on 2023-03-31."""
    return factories.project(
        [body("北海道", "010006"), body("岩見沢市", "012106", "北海道"), body("更別村", "016390", "北海道")],
        number=1,
        call=factories.call(
            code="H30",
            selection_fy=2018,
            base_years=5,
            state="announced",
            programme_name="近未来技術等社会実装事業",
        ),
        title=None,
        listed_as_of=date(2022, 12, 1),
        technologies=["自動運転", "ロボット", "ドローン"],
        technologies_raw="自動運転、ロボット、ドローン",
        opened_on=None,
    )
