"""What a project aims at: entered, read from the table of its city, measured as the years go by, compared by the office."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

from sqlalchemy import select

from app.calendar import JST
from app.db import db
from app.demo import kpis as of_demo
from app.demo import record
from app.demo.following import follow_the_record
from app.kpis.facts import kpis_of
from app.kpis.models import Kpi
from app.projects.models import Project
from tests import factories
from tests.kpis.tables import workbook
from tests.reading import events, text_of
from tests.stories.demo import told_out_of_order
from tests.stories.walking import post

TABLE = (
    [
        ("区分", "事業名", "指標", "単位", "基準値", "実績値", None, "目標値"),
        (None, None, None, None, "R1", "R4年度", "R5年度", "R8年度"),
        ("総合戦略", "移動", "自動運転バスの利用者数", "人", "—", "6,400人", None, "10,000人以上"),
        (None, "移動", "運休した日数", "日", "20日", "集計中", None, "5日以下"),
        (None, "健康", "見守りに参加する世帯の割合", None, "77世帯", "43%", None, "80%"),
        ("※ 利用者数は延べ人数である。",),
    ],
    ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "F1:G1", "A3:A5"),
)


def test_a_project_follows_its_indicators_from_its_own_table_to_the_comparison(sign_in_as, move_clock):
    project = factories.project([factories.organisation("岩見沢市")])
    other = factories.project([factories.organisation("更別村")])
    factories.kpi_actual(factories.kpi(other, name="ドローンの利用者数", unit="人"), raw="800人")
    db.session.commit()
    editor, _ = sign_in_as("municipality_editor", project.lead)
    approver, _ = sign_in_as("municipality_approver", project.lead)
    officer, _ = sign_in_as("officer")
    page = f"/projects/{project.id}/kpis"

    shown = text_of(post(editor, f"{page}/import", file=(io.BytesIO(workbook(*TABLE)), "令和4年度KPI.xlsx")))
    assert "新しい指標：3件" in shown and "利用者数は延べ人数" in shown and "KPI!E5" in shown
    seen = re.search(
        r'name="seen"[^>]*value="([^"]*)"', editor.get(f"{page}/import/rows").get_data(as_text=True)
    )[1]
    shown = text_of(post(editor, f"{page}/import/rows", seen=seen, direction="up"))
    assert "未達" in shown and "読み取れませんでした" in shown and "77世帯" in shown
    buses, stopped, homes = db.session.scalars(
        select(Kpi).where(Kpi.project_id == project.id).order_by(Kpi.id)
    )
    assert (buses.direction, stopped.direction, homes.unit) == ("up", "down", "%")

    # Who knows the number types it beside the text, which stays.
    asked = {f"raw_{stopped.id}": "集計中", f"number_{stopped.id}": "12", f"version_{stopped.id}": "1"}
    same = {
        f"raw_{buses.id}": "6,400人",
        f"version_{buses.id}": "1",
        f"raw_{homes.id}": "43%",
        f"version_{homes.id}": "1",
    }
    post(approver, f"{page}/actuals/2022", **asked, **same)
    assert events(stopped)[0] == "kpi_measured" and "12（人が入力）" in text_of(editor.get(page))

    move_clock(datetime(2024, 5, 1, 9, 0, tzinfo=JST))
    table = (
        "指標,実績値（R5）\n自動運転バスの利用者数,12000\n運休した日数,▲1日\n見守りに参加する世帯の割合,82％"
    )
    post(editor, f"{page}/import", file=(io.BytesIO(table.encode()), "r5.csv"))
    seen = re.search(
        r'name="seen"[^>]*value="([^"]*)"', editor.get(f"{page}/import/rows").get_data(as_text=True)
    )[1]
    post(editor, f"{page}/import/rows", seen=seen)
    db.session.expire_all()
    assert [it["progress"] for it in kpis_of(project)] == ["reached"] * 3
    post(approver, f"/kpis/{stopped.id}/retirement", reason="運行を委託したため")
    compared = text_of(officer.get("/kpis/comparison?unit=人"))
    assert "自動運転バスの利用者数" in compared and "12,000" in compared and "ドローンの利用者数" in compared
    assert "運休した日数" not in text_of(officer.get("/kpis")) and "運休した日数" in text_of(editor.get(page))


def of_the_city() -> list[Kpi]:
    query = select(Kpi).where(Kpi.note == of_demo.OF_A_CITY).order_by(Kpi.position)
    return list(db.session.scalars(query))


def test_the_demo_shows_what_a_city_has_published_as_it_was_printed_and_nothing_before_its_year(demo_on):
    demo = demo_on(date(2023, 2, 15))
    found = of_the_city()
    assert [(it.name, it.baseline_raw, it.target_raw) for it in found] == [
        (row["indicator"], row["baseline"], row["target"]) for row in record.indicators()
    ]
    assert len(found) == 16 and not any(it.actuals for it in found)
    project = found[0].project
    page = text_of(demo.as_("officer").get(f"/projects/{project.id}/kpis"))
    assert "会津若松市「令和6年度事業評価結果」" in page and "（見本）会津若松市" in page and "31社" in page
    assert "（見本）" in text_of(demo.as_("editor").get(f"/projects/{_own().id}/kpis"))


def test_what_was_measured_is_known_once_its_year_is_over(demo_on):
    demo_on(date(2023, 2, 15))
    follow_the_record(datetime(2024, 4, 1, tzinfo=JST))
    assert {tuple(actual.fiscal_year for actual in it.actuals) for it in of_the_city()} == {(2023,)}
    follow_the_record(datetime(2025, 4, 1, tzinfo=JST))
    db.session.expire_all()
    assert [[it.raw for it in kpi.actuals] for kpi in of_the_city()] == [
        [row["actual_2023"], row["actual_2024"]] for row in record.indicators()
    ]
    standings = [it["progress"] for it in kpis_of(of_the_city()[0].project)]
    assert standings.count("reached") == 9 and standings.count("not_reached") == 7
    follow_the_record(datetime(2025, 4, 2, tzinfo=JST))


def test_a_demo_that_begins_later_knows_them_from_its_first_day(demo_on):
    demo_on(date(2025, 4, 11))
    assert all(len(it.actuals) == 2 for it in of_the_city()) and len(of_the_city()) == 16
    assert not told_out_of_order()


def _own() -> Project:
    return db.session.scalars(select(Project).where(Project.number == of_demo.OWN_PROJECT)).one()
