"""The pages of indicators: entered, measured, read from a table, listed and compared."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.db import db
from app.kpis import comparing, import_routes
from app.kpis.models import Kpi, KpiActual, WaitingKpis
from app.organisations.operations import Refused
from tests import factories
from tests.kpis.tables import HEAD, workbook
from tests.reading import text_of

FILLED = {
    "name": "イベント来場者数",
    "category": "その他のKPI",
    "direction": "up",
    "baseline_raw": "６４７人",
    "baseline_fy": "R1",
    "target_raw": "5,000人程度",
    "target_fy": "令和8年度",
}


@pytest.fixture
def project(app):
    return factories.project([factories.organisation("岩見沢市")])


@pytest.fixture
def editor(sign_in_as, project):
    return sign_in_as("municipality_editor", project.lead)[0]


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


def the_kpi() -> Kpi:
    db.session.expire_all()
    return db.session.scalars(select(Kpi)).one()


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def sent(rows, name="指標.xlsx", **more):
    content = rows if isinstance(rows, bytes) else workbook(rows, **more)
    return {"file": (io.BytesIO(content), name)}


def seen_on(page: str) -> str:
    return re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]


def test_a_municipality_enters_an_indicator_and_sees_what_was_read(editor, project):
    assert "指標はまだ入力されていません" in text_of(editor.get(f"/projects/{project.id}/kpis"))
    answer = editor.post(f"/projects/{project.id}/kpis/new", data=FILLED, follow_redirects=True)
    assert answer.status_code == 200
    kpi = the_kpi()
    assert (kpi.unit, kpi.baseline_fy, kpi.target_fy, kpi.baseline_value) == ("人", 2019, 2026, 647)
    page = text_of(answer)
    assert "約5,000" in page and "６４７人" in page and "比較できない" in page and "指標を入力" in page


def test_what_is_wrong_in_an_indicator_is_told_beside_it_and_nothing_typed_is_lost(editor, project):
    wrong = {
        **FILLED,
        "name": "",
        "direction": "",
        "baseline_fy": "昔",
        "target_number": "4,000",
        "baseline_number": "多い",
    }
    answer = editor.post(f"/projects/{project.id}/kpis/new", data=wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and count(Kpi) == 0
    for word in ("昔", "5,000人程度", "4,000", "多い"):
        assert f'value="{word}"' in page
    assert "R8、令和8年度" in page and "5,000と読めます" in page and "どちらが望ましいか" in page


def test_the_same_indicator_is_refused_on_the_page(editor, project):
    editor.post(f"/projects/{project.id}/kpis/new", data=FILLED)
    answer = editor.post(f"/projects/{project.id}/kpis/new", data=FILLED)
    assert answer.status_code == 422 and "既にあります" in text_of(answer) and count(Kpi) == 1


def test_a_person_types_the_number_beside_a_text_that_is_none(editor, project):
    editor.post(
        f"/projects/{project.id}/kpis/new",
        data={**FILLED, "target_raw": "5～10件", "target_number": "７", "unit": "件"},
    )
    kpi = the_kpi()
    assert (kpi.target_raw, kpi.target_value, kpi.target_by_hand) == ("5～10件", 7, True)
    form = editor.get(f"/kpis/{kpi.id}/edit").get_data(as_text=True)
    assert 'value="7"' in form and "人が入力" in form
    editor.post(
        f"/kpis/{kpi.id}/edit",
        data={**FILLED, "unit": "件", "target_raw": "5～10件", "version": kpi.version_id},
    )
    assert the_kpi().target.value is None and not the_kpi().target_by_hand


def test_an_indicator_that_was_changed_meanwhile_is_not_overwritten(editor, project):
    kpi = factories.kpi(project)
    db.session.commit()
    page = editor.get(f"/kpis/{kpi.id}/edit").get_data(as_text=True)
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    assert editor.post(f"/kpis/{kpi.id}/edit", data={**FILLED, "version": version}).status_code == 302
    again = editor.post(f"/kpis/{kpi.id}/edit", data={**FILLED, "name": "別の指標", "version": version})
    assert again.status_code == 409 and "別の指標" in text_of(again) and the_kpi().name == FILLED["name"]
    now = the_kpi().version_id
    assert "変更はありませんでした" in text_of(
        editor.post(
            f"/kpis/{kpi.id}/edit",
            data={**FILLED, "unit": the_kpi().unit, "version": now},
            follow_redirects=True,
        )
    )


def test_all_actuals_of_a_year_are_entered_on_one_page(editor, project):
    first, second = factories.kpi(project), factories.kpi(project, unit="%", target="80%")
    db.session.commit()
    page = text_of(editor.get(f"/projects/{project.id}/kpis"))
    assert "令和4年度" in page and "令和5年度" not in page
    data = {
        f"raw_{first.id}": "５，２５３人", f"version_{first.id}": "0",
        f"raw_{second.id}": "集計中", f"number_{second.id}": "43.5", f"note_{second.id}": "速報", f"version_{second.id}": "0",
    }  # fmt: skip
    answer = editor.post(f"/projects/{project.id}/kpis/actuals/2022", data=data, follow_redirects=True)
    page = text_of(answer)
    assert (
        "変更のあった指標：2件" in page and "達成" in page and "43.5（人が入力）" in page and "速報" in page
    )
    db.session.expire_all()
    assert {(it.raw, it.value, it.by_hand) for it in db.session.scalars(select(KpiActual))} == {
        ("５，２５３人", 5253, False), ("集計中", 43.5, True)
    }  # fmt: skip


def test_an_actual_without_a_number_is_asked_for_on_the_page(editor, project):
    factories.kpi_actual(factories.kpi(project), raw="集計中")
    db.session.commit()
    page = text_of(editor.get(f"/projects/{project.id}/kpis"))
    assert "読み取れませんでした。数値を入力するか、このままにしてください" in page


def test_an_actual_of_another_unit_is_shown_and_said(editor, project):
    kpi = factories.kpi(project, unit="%", target="80%")
    factories.kpi_actual(kpi, raw="113名")
    db.session.commit()
    page = text_of(editor.get(f"/projects/{project.id}/kpis"))
    assert "113（単位が異なります）" in page.replace("113名（", "113（") and "折れ線に含めていません" in page
    assert "実績値の単位が指標と異なります" in page


def test_what_two_people_enter_for_a_year_does_not_overwrite_each_other(editor, project):
    kpi = factories.kpi(project)
    db.session.commit()
    address = f"/projects/{project.id}/kpis/actuals/2022"
    assert editor.post(address, data={f"raw_{kpi.id}": "7人", f"version_{kpi.id}": "0"}).status_code == 302
    late = editor.post(address, data={f"raw_{kpi.id}": "8人", f"version_{kpi.id}": "0"})
    assert late.status_code == 409 and "8人" in text_of(late) and kpi.name in text_of(late)
    assert db.session.scalars(select(KpiActual)).one().raw == "7人"


def test_a_number_that_contradicts_its_text_is_refused_and_nothing_of_the_page_is_stored(editor, project):
    one, other = factories.kpi(project), factories.kpi(project)
    db.session.commit()
    data = {
        f"raw_{one.id}": "7人",
        f"version_{one.id}": "0",
        f"raw_{other.id}": "8人",
        f"number_{other.id}": "9",
        f"version_{other.id}": "0",
    }
    answer = editor.post(f"/projects/{project.id}/kpis/actuals/2022", data=data)
    assert answer.status_code == 422 and "8と読めます" in text_of(answer) and count(KpiActual) == 0


@pytest.mark.parametrize(
    ("year", "word"),
    [(2023, "まだ始まっていません"), (2021, "基準値"), (99999, "まだ始まっていません"), (0, "基準値")],
)
def test_a_year_to_come_or_before_the_selection_is_refused_and_what_was_typed_is_shown(
    editor, project, year, word
):
    kpi = factories.kpi(project)
    db.session.commit()
    address = f"/projects/{project.id}/kpis/actuals/{year}"
    assert word in text_of(editor.get(address, follow_redirects=True))
    answer = editor.post(address, data={f"raw_{kpi.id}": "見本7人"})
    assert (
        answer.status_code == 422 and word in text_of(answer) and "見本7人" in answer.get_data(as_text=True)
    )


def test_an_indicator_is_retired_with_a_reason_and_taken_up_again(editor, project):
    kpi = factories.kpi(project, name="来場者数")
    factories.kpi_actual(kpi, raw="77人")
    db.session.commit()
    assert editor.post(f"/kpis/{kpi.id}/retirement", data={"reason": ""}).status_code == 422
    page = text_of(
        editor.post(f"/kpis/{kpi.id}/retirement", data={"reason": "計画の見直し"}, follow_redirects=True)
    )
    assert "把握を終了した指標" in page and "77人" in page and "計画の見直し" in page
    assert "再開しました" in text_of(editor.post(f"/kpis/{kpi.id}/taking-up", follow_redirects=True))
    factories.kpi(project, name="別").retired_on = project.opened_on
    other = factories.kpi(project, name="来場者数", retired_on=project.opened_on)
    db.session.commit()
    assert "既にあります" in text_of(editor.post(f"/kpis/{other.id}/taking-up", follow_redirects=True))


@pytest.mark.parametrize("path", ["new", "actuals/2022", "import", "import/rows"])
def test_after_support_the_pages_of_a_municipality_lead_back_and_say_why(sign_in_as, path):
    project = factories.project(state="ended")
    kpi = factories.kpi(project)
    db.session.commit()
    client, _ = sign_in_as("municipality_approver", project.lead)
    for address in (
        f"/projects/{project.id}/kpis/{path}",
        f"/kpis/{kpi.id}/edit",
        f"/kpis/{kpi.id}/retirement",
    ):
        assert "支援は終了しました" in text_of(client.get(address, follow_redirects=True))
    refused = client.post(f"/projects/{project.id}/kpis/new", data=FILLED)
    assert refused.status_code == 422 and "支援は終了しました" in text_of(refused) and count(Kpi) == 1
    assert client.post(f"/kpis/{kpi.id}/retirement", data={"reason": "x"}).status_code == 422
    assert (
        client.post(f"/projects/{project.id}/kpis/actuals/2022", data={f"raw_{kpi.id}": "1"}).status_code
        == 422
    )


def test_a_ministry_reads_and_writes_nothing(sign_in_as, project):
    kpi = factories.kpi(project)
    db.session.commit()
    client, _ = sign_in_as("ministry_officer")
    page = client.get(f"/projects/{project.id}/kpis").get_data(as_text=True)
    assert kpi.name in page and "/edit" not in page and "kpis/new" not in page
    assert client.post(f"/projects/{project.id}/kpis/new", data=FILLED).status_code == 403
    assert client.get("/kpis/import").status_code == 403


def test_a_table_is_looked_at_and_then_stored(editor, project):
    rows = [
        HEAD,
        ("その他", "来場者数", "人", "647人", "5,000人程度", "4,858人"),
        ("", "割合", "", "77名", "80%", "集計中"),
    ]
    page = text_of(editor.post(f"/projects/{project.id}/kpis/import", data=sent(rows), follow_redirects=True))
    assert (
        count(Kpi) == 0
        and "新しい指標：2件" in page
        and "KPI!F2" in page
        and "77名" in page
        and "集計中" in page
    )
    shown = editor.get(f"/projects/{project.id}/kpis/import/rows").get_data(as_text=True)
    assert "という名" not in shown
    answer = editor.post(
        f"/projects/{project.id}/kpis/import/rows",
        data={"seen": seen_on(shown), "direction": "up"},
        follow_redirects=True,
    )
    assert "指標：2件" in text_of(answer) and count(Kpi) == 2 and count(WaitingKpis) == 0
    assert {it.direction for it in db.session.scalars(select(Kpi))} == {"up"}
    assert "指標.xlsx" in text_of(answer)


def test_a_table_in_which_anything_is_refused_is_not_stored_at_all(editor, project):
    head = (*HEAD, "実績値（R6年度）")
    rows = [head, ("", "来場者数", "人", "", "5", "4", ""), ("", "相談件数", "件", "", "5", "4", "7")]
    page = text_of(editor.post(f"/projects/{project.id}/kpis/import", data=sent(rows), follow_redirects=True))
    assert "KPI!G3" in page and "令和6年度はまだ始まっていません" in page and "全て保存する" not in page
    shown = editor.get(f"/projects/{project.id}/kpis/import/rows").get_data(as_text=True)
    assert 'name="seen"' not in shown
    assert editor.post(f"/projects/{project.id}/kpis/import/rows", data={"seen": "x"}).status_code == 422
    assert count(Kpi) == 0 and count(WaitingKpis) == 1


def test_what_was_changed_while_a_table_waited_is_shown_anew_before_anything_is_stored(editor, project):
    kpi = factories.kpi(project, name="来場者数", target="5人")
    db.session.commit()
    editor.post(
        f"/projects/{project.id}/kpis/import", data=sent("指標,目標値\n来場者数,6人".encode(), "a.csv")
    )
    seen = seen_on(editor.get(f"/projects/{project.id}/kpis/import/rows").get_data(as_text=True))
    editor.post(
        f"/kpis/{kpi.id}/edit",
        data={**FILLED, "name": "来場者数", "category": "", "target_raw": "7人", "version": 1},
    )
    late = editor.post(f"/projects/{project.id}/kpis/import/rows", data={"seen": seen})
    assert late.status_code == 409 and "もう一度確認" in text_of(late) and the_kpi().target_raw == "7人"
    again = editor.post(
        f"/projects/{project.id}/kpis/import/rows", data={"seen": seen_on(late.get_data(as_text=True))}
    )
    assert again.status_code == 302 and the_kpi().target_raw == "6人"


def test_what_is_refused_at_the_last_moment_leaves_nothing_behind(editor, project, monkeypatch):
    editor.post(
        f"/projects/{project.id}/kpis/import", data=sent([HEAD, ("", "来場者数", "人", "1", "2", "3")])
    )
    address = f"/projects/{project.id}/kpis/import/rows"
    seen = seen_on(editor.get(address).get_data(as_text=True))
    store = import_routes.importing.store

    def half(plan, **more):
        store(plan, **more)
        raise Refused("Nothing was changed.")

    monkeypatch.setattr(import_routes.importing, "store", half)
    assert editor.post(address, data={"seen": seen}).status_code == 302
    assert count(Kpi) == 0 and count(WaitingKpis) == 1


def test_a_file_that_waits_is_the_persons_own_and_gone_after_a_week(app, editor, sign_in_as, project):
    editor.post(
        f"/projects/{project.id}/kpis/import", data=sent([HEAD, ("", "来場者数", "人", "1", "2", "3")])
    )
    assert "指標.xlsx" in text_of(editor.get(f"/projects/{project.id}/kpis/import"))
    other, _ = sign_in_as("municipality_approver", project.lead)
    address = f"/projects/{project.id}/kpis/import"
    assert other.get(f"{address}/rows").status_code == 302 and "指標.xlsx" not in text_of(other.get(address))
    waiting = db.session.scalars(select(WaitingKpis)).one()
    waiting.uploaded_at -= timedelta(days=8)
    db.session.commit()
    assert editor.get(f"{address}/rows").status_code == 302
    editor.post(
        f"/projects/{project.id}/kpis/import", data=sent([HEAD, ("", "来場者数", "人", "1", "2", "3")])
    )
    editor.post(f"/projects/{project.id}/kpis/import/removal")
    assert count(WaitingKpis) == 0 and count(Kpi) == 0


@pytest.mark.parametrize(
    "file", [{}, {"file": (io.BytesIO(b""), "")}, sent(b"%PDF-1.7", "a.pdf"), sent(b"PK\x03\x04", "a.xlsx")]
)
def test_what_is_no_table_is_refused_on_the_page(editor, project, file):
    answer = editor.post(f"/projects/{project.id}/kpis/import", data=file)
    assert answer.status_code == 422 and count(WaitingKpis) == 0


def test_an_officer_reads_a_table_of_several_projects(officer, project):
    other = factories.project([factories.organisation("更別村")])
    db.session.commit()
    lines = f"番号,指標,目標値\n{project.number},一,1件\n{other.number},二,2件"
    page = text_of(officer.post("/kpis/import", data=sent(lines.encode(), "a.csv"), follow_redirects=True))
    assert "新しい指標：2件" in page and "更別村" in text_of(officer.get("/projects")) and "a.csv" in page
    seen = seen_on(officer.get("/kpis/import/rows").get_data(as_text=True))
    page = text_of(officer.post("/kpis/import/rows", data={"seen": seen}, follow_redirects=True))
    assert "指標：2件" in page and {it.project_id for it in db.session.scalars(select(Kpi))} == {
        project.id,
        other.id,
    }


def test_a_table_about_projects_that_do_not_exist_is_refused_row_by_row(officer, project):
    lines = f"番号,指標,目標値\n{project.number},一,1件\n8888,二,2件\n9999,三,3件"
    page = text_of(officer.post("/kpis/import", data=sent(lines.encode(), "a.csv"), follow_redirects=True))
    assert "B3" in page and "B4" in page and "9999" in page and "全て保存する" not in page
    assert officer.post("/kpis/import/rows", data={"seen": ""}).status_code == 422 and count(Kpi) == 0
    officer.post("/kpis/import/removal")
    assert count(WaitingKpis) == 0


def test_the_list_is_narrowed_and_taken_along_as_a_file(officer, project):
    visitors = factories.kpi(project, name="来場者数", category="その他", unit="人", target="5,000人程度")
    factories.kpi_actual(visitors, raw="約1万2千人")
    share = factories.kpi(name="満足度", category="総合", unit="%", target="80%")
    factories.kpi(project, name="やめた指標", retired_on=project.opened_on)
    db.session.commit()
    page = text_of(officer.get("/kpis"))
    assert "来場者数" in page and "満足度" in page and "やめた指標" not in page and "達成" in page
    for query in ("unit=%25", "category=総合", f"project={share.project_id}", "q=満足"):
        page = text_of(officer.get(f"/kpis?{query}"))
        assert "満足度" in page and "80%" in page and "5,000人程度" not in page
    assert "80%" not in text_of(officer.get("/kpis?fiscal_year=2022")).replace("80%を", "")
    assert "5,000人程度" in text_of(officer.get("/kpis?q=岩見沢"))
    rows = list(load_workbook(io.BytesIO(officer.get("/kpis?format=xlsx").data)).active.values)
    head, row = rows[0], rows[1]
    told = dict(zip(head, row, strict=True))
    assert (
        told["最新の実績値（数値）"] == 12000
        and told["令和4年度"] == "約1万2千人"
        and told["望ましい方向"] == "増加が望ましい"
    )


def test_only_what_counts_in_one_unit_is_compared_and_all_others_are_named(officer, project):
    one = factories.kpi(project, name="来場者数", unit="人")
    factories.kpi_actual(one, raw="1,200人")
    factories.kpi(name="登録者数", unit="人")
    odd = factories.kpi(name="参加者数", unit="人")
    factories.kpi_actual(odd, raw="43%")
    factories.kpi_actual(factories.kpi(name="満足度", unit="%", target="80%"), raw="43%")
    factories.kpi(name="件数", unit="")
    db.session.commit()
    page = text_of(officer.get("/kpis/comparison?unit=人"))
    compared, others = page.split("比較できないもの")
    assert "来場者数" in compared and "1,200" in compared and "満足度" not in compared
    assert "登録者数" in others and "参加者数" in others and "%" in others and "（単位なし）" in others
    assert "ほかの指標と比較できません" in text_of(officer.get("/kpis/comparison?unit=-"))
    assert officer.get("/kpis/comparison?unit=nonsense").status_code == 200


def test_the_comparison_shows_no_more_than_a_page_holds_and_says_how_many_there_are(officer, monkeypatch):

    monkeypatch.setattr(comparing, "MOST", 2)
    for _ in range(3):
        factories.kpi_actual(factories.kpi(unit="人"), raw="1人")
    db.session.commit()
    assert "ほかに1件" in text_of(officer.get("/kpis/comparison?unit=人"))


def test_without_any_indicator_the_lists_say_so(officer):
    for address in ("/kpis", "/kpis/comparison"):
        assert "まだ入力されていません" in text_of(officer.get(address))
