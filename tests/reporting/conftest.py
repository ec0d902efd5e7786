"""The programme's rounds with the counts of S4: announced, and listed by name."""

from __future__ import annotations

from datetime import date

import pytest

from app.db import db
from app.organisations.models import Organisation
from app.programmes.models import Call
from tests import factories

ROUNDS = (  # code, selection FY, announced, listed, announced on, when the ones not named had ended
    ("H30", 2018, 14, 9, None, date(2021, 3, 31)),
    ("R1", 2019, 8, 5, None, date(2022, 3, 31)),
    ("R2", 2020, 12, 12, date(2020, 7, 31), None),
    ("R3", 2021, 9, 9, date(2021, 8, 24), None),
    ("R4", 2022, 10, 10, date(2022, 7, 13), None),
    ("R5", 2023, 2, 0, date(2023, 6, 30), None),
    ("R6", 2024, None, 0, date(2024, 6, 21), None),
)


@pytest.fixture
def rounds(app, made_once) -> dict[str, Call]:
    return made_once("the rounds of S4", _rounds)


def _rounds() -> dict[str, Call]:
    found = {}
    for code, selection_fy, announced, listed, announced_on, ended_on in ROUNDS:
        call = found[code] = factories.call(
            code=code,
            title=f"{code}の募集",
            selection_fy=selection_fy,
            base_years=5,
            state="announced",
            announced_count=announced,
            announced_on=announced_on,
            unlisted_ended_on=ended_on,
        )
        for _ in range(listed):
            factories.project(call=call, opened_on=announced_on)
    db.session.commit()
    return found


@pytest.fixture
def bodies(app) -> dict[str, Organisation]:
    """Some bodies of S4's list, in an order that is not the list's."""
    kinds = {"府": "prefecture", "道": "prefecture", "市": "city", "村": "village"}
    rows = (
        ("河内長野市", "272167", "大阪府"),
        ("更別村", "016390", "北海道"),
        ("大阪府", "270008", "大阪府"),
        ("岩見沢市", "012106", "北海道"),
        ("常陸太田市", "082121", "茨城県"),
        ("北海道", "010006", "北海道"),
    )
    return {
        name: factories.organisation(name, code, prefecture=prefecture, body_kind=kinds[name[-1]])
        for name, code, prefecture in rows
    }
