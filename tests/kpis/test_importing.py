"""What a table would change, judged row by row before anything is stored; then all of it, or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.db import db
from app.kpis import finding, importing
from app.kpis.importing import Plan, planned
from app.kpis.measures import measured
from app.kpis.models import Kpi, KpiActual
from app.kpis.tables import read_table
from tests import factories
from tests.kpis.tables import HEAD, csv_of, xlsx


@pytest.fixture
def officer(app):
    return factories.tenure("officer")


@pytest.fixture
def project(app):
    return factories.project([factories.organisation("岩見沢市")])


@pytest.fixture
def plan(officer, at):
    def make(project, upload, actor=officer) -> Plan:
        table = read_table(upload, across=project is None)
        if project is None:
            found, kpis = finding.named_in(table.rows, actor)
        else:
            found, kpis = finding.only(project), finding.indicators_of([project], actor)
        return planned(table, found, kpis, actor=actor, at=at)

    return make


@pytest.fixture
def why(app):
    """cell → why it is refused, in Japanese."""

    def told(plan: Plan) -> dict[str, str]:
        with app.test_request_context():
            return {it.cell: it.why for it in plan.refused}

    return told


def store(plan: Plan, officer, at, direction=None) -> int:
    return importing.store(plan, direction=direction, filename="指標.xlsx", actor=officer, at=at)


ROW = ("その他", "来場者数", "人", "647人", "5,000人程度", "4,858人")


def test_a_new_indicator_is_stored_with_all_that_the_table_says(project, plan, officer, at):
    found = plan(project, xlsx([HEAD, ROW]))
    assert len(found.new) == 1 and found.undirected and not found.refused
    assert store(found, officer, at, "up") == 1
    kpi = db.session.scalars(select(Kpi)).one()
    assert (kpi.category, kpi.name, kpi.unit, kpi.direction, kpi.baseline_fy, kpi.target_fy) == (
        "その他", "来場者数", "人", "up", 2019, 2026
    )  # fmt: skip
    assert kpi.actual_of(2022).measure == measured("4,858人")


def test_the_same_table_changes_nothing_a_second_time(project, plan, officer, at):
    upload = xlsx([HEAD, ROW])
    store(plan(project, upload), officer, at)
    db.session.flush()
    again = plan(project, upload)
    assert not again.changing and again.rows


def test_only_what_differs_is_changed_and_an_empty_cell_wipes_nothing(project, plan, officer, at):
    store(plan(project, xlsx([HEAD, ROW])), officer, at, "up")
    kpi = db.session.scalars(select(Kpi)).one()
    kpi.note = "延べ"
    found = plan(project, csv_of("区分,指標,目標値（R8）,実績値（R4）,備考", "その他,来場者数,,5253人,"))
    assert [(it.what, it.was, it.becomes, it.year, it.cell) for it in found.changing[0].changes] == [
        ("actual", "4,858人", "5253人", 2022, "D2")
    ]
    store(found, officer, at)
    assert (kpi.target_raw, kpi.note, kpi.direction) == ("5,000人程度", "延べ", "up")


def test_a_number_that_a_person_typed_stays_as_long_as_the_text_is_the_same(project, plan, officer, at):
    kpi = factories.kpi(project, name="来場者数", target="未定", direction="up")
    kpi.target = measured("未定", Decimal(5))
    factories.kpi_actual(kpi, 2022, "集計中").measure = measured("集計中", Decimal(3))
    found = plan(project, csv_of("指標,目標値,実績値（R4）", "来場者数,未定,集計中"))
    assert not found.changing
    store(found, officer, at)
    assert kpi.target.value == 5 and kpi.actual_of(2022).value == 3


def test_the_direction_is_taken_from_its_column_or_from_the_words_of_the_target(project, plan, officer, at):
    lines = ("指標,方向,目標値", "一,減少,3", "二,,5件以上", "三,,10分未満", "四,,7")
    store(plan(project, csv_of(*lines)), officer, at)
    assert {it.name: it.direction for it in db.session.scalars(select(Kpi))} == {
        "一": "down", "二": "up", "三": "down", "四": None
    }  # fmt: skip


def test_what_is_no_number_and_what_is_of_another_unit_is_named_and_kept_as_it_is(project, plan, officer, at):
    found = plan(project, csv_of("指標,現状値（R1）,目標値（R8）,実績値（R4）", "割合,77名,80%,集計中"))
    assert [(cell, it.raw) for cell, it in found.unread] == [("D2", "集計中")]
    assert [(cell, it.raw, unit) for cell, it, unit in found.of_other_units] == [("B2", "77名", "%")]
    store(found, officer, at)
    assert db.session.scalars(select(KpiActual)).one().raw == "集計中"


def test_a_year_to_come_or_before_the_selection_is_refused_and_a_dash_for_it_is_nothing(project, plan, why):
    head = "指標,実績値（R3）,実績値（R4）,実績値（R5）,実績値（R6）"
    told = why(plan(project, csv_of(head, "来場者数,1,2,3,—")))
    assert set(told) == {"B2", "D2"} and "基準値" in told["B2"] and "令和5年度" in told["D2"]


def test_a_unit_that_changed_is_refused_by_name(project, plan, why):
    factories.kpi(project, name="来場者数", unit="人")
    told = why(plan(project, csv_of("指標,単位,目標値", "来場者数,件,5")))
    assert "「件」" in told["A2"] and "「人」" in told["A2"]


def test_the_same_indicator_twice_in_a_file_is_refused_by_name(project, plan, why):
    told = why(plan(project, csv_of("区分,指標,目標値", "a,来場者数,5", "ａ,来場者数,6", "b,来場者数,7")))
    assert list(told) == ["B3"] and "B2" in told["B3"]


def test_a_table_without_the_columns_that_tell_indicators_apart_finds_the_one_that_is_called_so(
    project, plan, why
):
    factories.kpi(project, name="来場者数", category="a", initiative="一", target="5")
    found = plan(project, csv_of("指標,目標値", "来場者数,6"))
    assert found.changing[0].kpi is not None
    factories.kpi(project, name="来場者数", category="b")
    assert "事業名" in why(plan(project, csv_of("指標,目標値", "来場者数,6")))["A2"]


def test_a_retired_indicator_is_not_what_a_table_is_about(project, plan, at):
    factories.kpi(project, name="来場者数", retired_on=at.date())
    assert plan(project, csv_of("指標,目標値", "来場者数,6")).new


def test_a_row_about_another_project_is_refused_on_the_page_of_one(plan, why):
    project = factories.project([factories.organisation("岩見沢市")], number=7)
    head = "事業番号,団体名,指標,目標値"
    lines = ("7,岩見沢市,一,1", "8,岩見沢市,二,2", "7,更別村,三,3", ",,四,4")
    told = why(plan(project, csv_of(head, *lines)))
    assert list(told) == ["C3", "C4"] and "更別村" in told["C4"] and "No. 7" in told["C3"]


def test_rows_find_their_projects_by_number_or_body_and_each_that_does_not_is_named(plan, officer, at, why):
    iwamizawa, sarabetsu = factories.organisation("岩見沢市"), factories.organisation("更別村", "016390")
    first = factories.project([iwamizawa], number=101)
    second = factories.project([sarabetsu], number=102)
    head = "番号,団体名,指標,目標値"
    good = ("No.101,,一,1", ",更別村,二,2", f"102,{sarabetsu.full_name},三,3", f",{sarabetsu.code},四,4")
    found = plan(None, csv_of(head, *good))
    assert not found.refused and [it.project for it in found.new] == [first, second, second, second]
    factories.project([iwamizawa], number=103)
    bad = ("999,,五,1", ",どこにもない町,六,2", ",,七,3", "いち,,八,4", "101,更別村,九,5", ",岩見沢市,十,6")
    wrong = plan(None, csv_of(head, *good, *bad))
    told = why(wrong)
    assert list(told) == [f"C{number}" for number in range(6, 12)]
    for cell, word in (
        ("C6", "999"),
        ("C7", "どこにもない町"),
        ("C8", "番号も団体名も"),
        ("C9", "いち"),
        ("C10", "101"),
        ("C11", "複数"),
    ):
        assert word in told[cell]
    with pytest.raises(ValueError):
        store(wrong, officer, at)
    assert db.session.scalar(select(func.count()).select_from(Kpi)) == 0


def test_a_project_beyond_the_reach_of_who_reads_is_none(plan, why):
    theirs = factories.project([factories.organisation("更別村")], number=55)
    ours = factories.project([factories.organisation("岩見沢市")], number=56)
    editor = factories.tenure("municipality_editor", ours.lead)
    told = why(plan(None, csv_of("番号,指標,目標値", f"{theirs.number},一,1", f"{ours.number},二,2"), editor))
    assert list(told) == ["B2"] and "55" in told["B2"]


def test_where_support_is_over_the_rows_of_a_municipality_are_refused(plan, why):
    project = factories.project(state="ended")
    editor = factories.tenure("municipality_editor", project.lead)
    assert "支援は終了" in why(plan(project, csv_of("指標,目標値", "一,1"), editor))["A2"]


def test_the_mark_of_a_plan_is_another_when_what_is_kept_has_changed(project, plan):
    kpi = factories.kpi(project, name="来場者数", target="5人")
    upload = csv_of("指標,目標値", "来場者数,6人")
    before = plan(project, upload).mark
    assert plan(project, upload).mark == before
    kpi.target = measured("7人")
    db.session.flush()
    assert plan(project, upload).mark != before


def test_more_indicators_than_a_project_may_have_are_refused_row_by_row(project, plan, why, monkeypatch):
    monkeypatch.setattr(importing.operations, "MOST", 2)
    factories.kpi(project)
    told = why(plan(project, csv_of("指標,目標値", "一,1", "二,2", "三,3")))
    assert list(told) == ["A3", "A4"] and "2件まで" in told["A3"]
