"""The figures of any day are computed and reconcile with what was announced."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.calendar import fiscal_year_end
from app.db import db
from app.programmes.models import Call
from app.projects.models import Project
from app.reporting.statistics import figures, standing_on, started_by
from tests import factories


def told(on: date) -> tuple[int, int, int, int]:
    found = figures(on)
    return found.announced, found.supported, found.ended, found.unknown


def test_fiscal_year_2022_reconciles_with_s4(rounds):
    """53 announced, 45 supported, 8 ended (S4, page 1)."""
    for on in (date(2022, 7, 13), date(2023, 3, 31)):
        assert told(on) == (53, 45, 8, 0)
    assert figures(date(2023, 3, 31)).listed == 45


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2018, 3, 31), (0, 0, 0, 0)),
        (date(2018, 4, 1), (14, 14, 0, 0)),
        (date(2021, 3, 31), (34, 34, 0, 0)),
        (date(2021, 4, 1), (34, 29, 5, 0)),
        (date(2022, 3, 31), (43, 38, 5, 0)),
        (date(2022, 4, 1), (43, 35, 8, 0)),
        (date(2022, 7, 12), (43, 35, 8, 0)),
        (date(2023, 4, 1), (53, 36, 17, 0)),
        (date(2023, 6, 30), (55, 36, 17, 2)),
        (date(2024, 4, 1), (55, 31, 22, 2)),
        (date(2028, 4, 1), (55, 0, 53, 2)),
    ],
)
def test_every_day_has_its_figures(rounds, on, expected):
    assert told(on) == expected


def test_announced_is_always_what_is_supported_ended_cancelled_or_not_known(rounds):
    db.session.scalars(select(Project)).first().cancelled_on = date(2021, 5, 1)
    for year in range(2018, 2030):
        found = figures(fiscal_year_end(year))
        assert found.announced == found.supported + found.ended + found.cancelled + found.unknown, year


def test_a_round_tells_announced_against_listed(rounds):
    by_code = {it.call.code: it for it in figures(date(2023, 3, 31)).rounds}
    h30 = by_code["H30"]
    assert (h30.announced, h30.listed, h30.unlisted, h30.supported, h30.ended) == (14, 9, 5, 9, 5)
    assert h30.differs
    assert not by_code["R2"].differs
    assert "R5" not in by_code, "not announced yet on that day"


def test_a_round_of_unknown_count_is_named_and_not_guessed(rounds):
    found = figures(date(2024, 6, 21))
    (r6,) = found.of_unknown_count
    assert (r6.call.code, r6.announced, r6.unlisted, r6.differs) == ("R6", None, 0, False)
    assert found.announced == 55


def test_a_round_made_up_for_the_demo_is_shown_but_not_counted(rounds):
    call = factories.call(
        selection_fy=2022, state="announced", announced_count=1, announced_on=date(2022, 9, 1), is_sample=True
    )
    factories.project(call=call)
    found = figures(date(2023, 3, 31))
    assert len(found.rounds) == 6
    assert (found.announced, found.supported, found.listed) == (53, 45, 45)


def test_a_call_that_is_not_announced_counts_for_nothing(rounds):
    for state in ("published", "decided"):
        call = factories.call(
            selection_fy=2022, state=state, announced_count=3, announced_on=date(2022, 9, 1)
        )
        factories.project(call=call)
    assert told(date(2023, 3, 31)) == (53, 45, 8, 0)


def test_the_database_and_the_model_agree_on_the_state_of_every_day(rounds):
    changed = db.session.scalars(select(Project).order_by(Project.id)).all()
    changed[0].cancelled_on, changed[1].cancelled_on, changed[2].extended_years = (
        date(2022, 6, 1),
        date(2023, 4, 1),
        2,
    )
    changed[2].extension, changed[2].extension_on = "certified", date(2023, 2, 1)
    late = factories.project(
        call=factories.call(selection_fy=2018, base_years=2, extension_years=2, state="announced")
    )
    changed.append(late)
    db.session.flush()
    for on in (
        date(2020, 7, 30),
        date(2020, 7, 31),
        date(2022, 6, 1),
        date(2023, 3, 31),
        date(2023, 4, 1),
        date(2025, 4, 1),
    ):
        query = (
            select(Project, standing_on(on))
            .join(Project.call)
            .where(Call.state == "announced", started_by(on))
        )
        by_database = {project.id: state for project, state in db.session.execute(query)}
        by_model = {project.id: project.state_on(on) for project in changed}
        assert by_database == {number: state for number, state in by_model.items() if state}, on
