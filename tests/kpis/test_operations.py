"""Indicators are entered, changed, retired and measured; what stood there before stays in the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.db import db
from app.history import HistoryEntry
from app.kpis import operations
from app.kpis.facts import kpis_of
from app.kpis.measures import measured
from app.kpis.models import Kpi
from app.kpis.operations import Entered
from app.organisations.operations import Refused
from tests import factories

VISITORS = Entered(
    name="来場者数",
    category="その他のKPI",
    direction="up",
    baseline=measured("647人"),
    baseline_fy=2019,
    target=measured("5,000人程度"),
    target_fy=2026,
)


@pytest.fixture
def officer(app):
    return factories.tenure("officer")


@pytest.fixture
def project(app):
    return factories.project([factories.organisation("岩見沢市")])


def told(event: str) -> dict:
    db.session.commit()
    return (
        db.session.scalars(
            select(HistoryEntry).where(HistoryEntry.event == event).order_by(HistoryEntry.id.desc())
        )
        .first()
        .changes
    )


def test_an_indicator_keeps_its_texts_beside_what_was_read_and_takes_the_unit_of_its_target(
    project, officer, at
):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    db.session.commit()
    db.session.expire_all()
    assert (kpi.unit, kpi.target_raw, kpi.target_value, kpi.target_qualifier) == (
        "人",
        "5,000人程度",
        Decimal(5000),
        "about",
    )
    assert (kpi.baseline, kpi.baseline_fy, kpi.position) == (measured("647人"), 2019, 1)
    assert told("kpi_added")["target_raw"] == "5,000人程度"


def test_a_range_and_a_number_to_the_last_digit_come_back_as_they_were(project, officer, at):
    entered = replace(VISITORS, target=measured("5～10.25人"), baseline=measured("0.1人"))
    kpi = operations.add(project, entered, actor=officer, at=at)
    db.session.commit()
    db.session.expire_all()
    assert (kpi.target.start, kpi.target.end, kpi.target.value) == (Decimal(5), Decimal("10.25"), None)
    assert kpi.baseline.value == Decimal("0.1")


def test_the_same_indicator_is_entered_once_however_wide_its_letters_are(project, officer, at):
    operations.add(project, VISITORS, actor=officer, at=at)
    with pytest.raises(Refused):
        operations.add(
            project, replace(VISITORS, category="その他のＫＰＩ", name="来場者数 "), actor=officer, at=at
        )
    operations.add(project, replace(VISITORS, initiative="アート事業"), actor=officer, at=at)
    operations.add(factories.project(), VISITORS, actor=officer, at=at)


def test_an_indicator_cannot_become_another_one_that_there_is(project, officer, at):
    operations.add(project, VISITORS, actor=officer, at=at)
    other = operations.add(project, replace(VISITORS, name="相談件数"), actor=officer, at=at)
    with pytest.raises(Refused):
        operations.change(other, VISITORS, actor=officer, at=at)


def test_the_database_itself_refuses_the_same_indicator_twice(project, officer, at):
    factories.kpi(project, name="来場者数")
    with pytest.raises(IntegrityError):
        factories.kpi(project, name="来場者数")


def test_what_is_changed_is_told_with_what_stood_there_before_and_nothing_else(project, officer, at):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    db.session.commit()
    assert not operations.change(kpi, replace(VISITORS, unit="人"), actor=officer, at=at)
    assert operations.change(
        kpi, replace(VISITORS, unit="人", target=measured("6,000人")), actor=officer, at=at
    )
    assert told("kpi_changed") == {"indicator": "来場者数", "target_raw": ["5,000人程度", "6,000人"]}


def test_a_retired_indicator_keeps_its_actuals_and_can_be_taken_up_again(project, officer, at):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    operations.enter_actual(kpi, 2022, measured("700人"), actor=officer, at=at)
    with pytest.raises(ValueError):
        operations.retire(kpi, reason=" ", actor=officer, at=at)
    operations.retire(kpi, reason="計画の見直し", actor=officer, at=at)
    assert kpi.retired_on == date(2023, 2, 15) and kpi.actual_of(2022) and kpis_of(project) == []
    again = operations.add(project, VISITORS, actor=officer, at=at)
    with pytest.raises(Refused):
        operations.take_up(kpi, actor=officer, at=at)
    operations.retire(again, reason="重複", actor=officer, at=at)
    operations.take_up(kpi, actor=officer, at=at)
    assert kpi.retired_on is None and told("kpi_taken_up") == {"indicator": "来場者数"}


def test_every_change_of_an_actual_keeps_the_earlier_text_in_the_history(project, officer, at):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    assert operations.enter_actual(kpi, 2022, measured("集計中"), actor=officer, at=at)
    assert not operations.enter_actual(kpi, 2022, measured("集計中"), actor=officer, at=at)
    assert operations.enter_actual(
        kpi, 2022, measured("集計中", Decimal(690)), note="速報", actor=officer, at=at
    )
    assert told("kpi_measured") == {
        "indicator": "来場者数", "fiscal_year": 2022, "number": [None, "690"], "note": ["", "速報"]
    }  # fmt: skip
    assert operations.enter_actual(kpi, 2022, measured("701人"), note="速報", actor=officer, at=at)
    assert told("kpi_measured") == {
        "indicator": "来場者数", "fiscal_year": 2022, "raw": ["集計中", "701人"], "number": ["690", None]
    }  # fmt: skip
    actual = kpi.actual_of(2022)
    assert (actual.value, actual.by_hand, actual.entered_by, actual.entered_at) == (
        Decimal(701),
        False,
        officer.name,
        at,
    )


def test_nothing_entered_for_a_year_is_no_row_and_a_text_that_is_taken_away_leaves_its_history(
    project, officer, at
):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    assert not operations.enter_actual(kpi, 2022, measured(""), actor=officer, at=at) and not kpi.actuals
    operations.enter_actual(kpi, 2022, measured("7人"), actor=officer, at=at)
    operations.enter_actual(kpi, 2022, measured(""), actor=officer, at=at)
    assert told("kpi_measured")["raw"] == ["7人", ""] and kpis_of(project)[0]["progress"] == "not_compared"


@pytest.mark.parametrize(("year", "word"), [(2023, "not begun"), (2090, "not begun"), (2021, "baseline")])
def test_an_actual_of_a_year_to_come_or_before_the_selection_is_refused(project, officer, at, year, word):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    with pytest.raises(Refused, match=word):
        operations.enter_actual(kpi, year, measured("7人"), actor=officer, at=at)


def test_an_actual_that_somebody_else_has_entered_meanwhile_is_not_overwritten(project, officer, at):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    operations.enter_actual(kpi, 2022, measured("7人"), version=0, actor=officer, at=at)
    db.session.flush()
    with pytest.raises(StaleDataError):
        operations.enter_actual(kpi, 2022, measured("8人"), version=0, actor=officer, at=at)
    assert operations.enter_actual(kpi, 2022, measured("8人"), version=1, actor=officer, at=at)


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_once_support_is_over_the_office_alone_enters_what_is_still_measured(app, officer, at, state):
    project = factories.project(state=state)
    editor = factories.tenure("municipality_editor", project.lead)
    kpi = factories.kpi(project)
    for act in (
        lambda who: operations.add(project, VISITORS, actor=who, at=at),
        lambda who: operations.change(kpi, replace(VISITORS, name="別"), actor=who, at=at),
        lambda who: operations.enter_actual(kpi, 2022, measured("7人"), actor=who, at=at),
        lambda who: operations.retire(kpi, reason="見直し", actor=who, at=at),
        lambda who: operations.take_up(kpi, actor=who, at=at),
    ):
        with pytest.raises(Refused, match="Support of this project is over"):
            act(editor)
        act(officer)


def test_a_project_has_no_more_indicators_than_anybody_follows(project, officer, at, monkeypatch):
    monkeypatch.setattr(operations, "MOST", 1)
    operations.add(project, VISITORS, actor=officer, at=at)
    with pytest.raises(Refused, match="at most 1"):
        operations.add(project, replace(VISITORS, name="相談件数"), actor=officer, at=at)


def test_what_is_known_of_a_project_is_told_as_plain_values(project, officer, at):
    kpi = operations.add(project, VISITORS, actor=officer, at=at)
    operations.enter_actual(kpi, 2022, measured("約1万2千人"), note="速報", actor=officer, at=at)
    (found,) = kpis_of(project)
    assert (found["class"], found["indicator"], found["unit"], found["direction"]) == (
        "その他のKPI",
        "来場者数",
        "人",
        "up",
    )
    assert found["baseline"] == {
        "raw": "647人", "value": 647, "unit": "人", "qualifier": "exact", "from": None, "to": None, "why": "",
        "entered_by_hand": False, "another_unit": False, "fiscal_year": 2019,
    }  # fmt: skip
    assert found["actuals"][0]["value"] == 12000 and found["actuals"][0]["qualifier"] == "about"
    assert (found["progress"], found["progress_year"]) == ("reached", 2022)


def test_indicators_are_found_by_the_words_of_their_names(project):
    factories.kpi(project, name="ﾄﾞﾛｰﾝの飛行回数")
    assert db.session.scalar(select(Kpi).where(Kpi.search_text.contains("ドローン")))
