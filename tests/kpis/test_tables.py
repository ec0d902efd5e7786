"""Tables as people keep them: what is read, what is passed over, what is refused and where."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from openpyxl import load_workbook

from app.demo.record import DATA
from app.kpis.headings import role_of, year_of
from app.kpis.tables import Row, Table, read_table
from app.questions.kind import Upload
from app.questions.workbook_opening import NoWorkbook
from app.web.i18n import sentence_of
from tests.kpis.tables import HEAD, csv_of, workbook, xlsx


def read(upload: Upload, across: bool = False) -> Table:
    return read_table(upload, across=across)


def said(row: Row) -> dict[str, str]:
    return {role: it.text for role, it in row.texts.items() if it.text}


def actuals(row: Row) -> dict[int | None, str]:
    return {it.year: it.text for it in row.actuals}


def test_a_plain_table_is_read_row_by_row_with_its_addresses():
    table = read(xlsx([HEAD, ("その他のKPI", "来場者数", "人", "647人", "5,000人程度", "１，２００人")]))
    (row,) = table.rows
    assert said(row) == {
        "category": "その他のKPI", "name": "来場者数", "unit": "人", "baseline": "647人", "target": "5,000人程度"
    }  # fmt: skip
    assert (row.texts["baseline"].year, row.texts["target"].year) == (2019, 2026)
    assert actuals(row) == {2022: "１，２００人"} and row.actuals[0].cell == "KPI!F2" and row.cell == "KPI!B2"
    assert not table.refused and not table.passed


def test_headings_in_two_rows_with_merged_cells_are_read_together():
    rows = [
        ("指標一覧",),
        (),
        ("区分", "指標", "単位", "基準値", "実績値", None, "目標値"),
        (None, None, None, "R1", "R4年度", "R5年度", "R8"),
        ("総合戦略", "登録者数", "人", "100", "120", "130", "400"),
        (None, "相談件数", "件", "—", "63", "61", "120"),
    ]
    merged = ("A1:G1", "A3:A4", "B3:B4", "C3:C4", "E3:F3", "A5:A6")
    table = read(xlsx(rows, merged))
    assert [said(row)["name"] for row in table.rows] == ["登録者数", "相談件数"]
    assert [said(row)["category"] for row in table.rows] == ["総合戦略", "総合戦略"]
    assert actuals(table.rows[1]) == {2022: "63", 2023: "61"}
    assert {table.rows[0].texts[it].year for it in ("baseline", "target")} == {2019, 2026}
    assert not table.refused


def test_headings_in_two_rows_of_a_csv_where_a_group_is_named_once_are_read_too():
    lines = ("区分,指標,実績値,,目標値", ",,R4,R5,R8", "その他,来場者数,10,20,30")
    table = read(csv_of(*lines))
    assert actuals(table.rows[0]) == {2022: "10", 2023: "20"}
    assert table.rows[0].texts["target"].year == 2026 and not table.refused


def test_the_three_rows_of_headings_of_a_city_are_read():
    """As the table of an evaluation meeting has them: groups above groups."""
    rows = [
        ("No", "事業名", "重要業績評価指標 (KPI)", None, None, None, "評価"),
        (None, None, "指標", "【第2期総合戦略】", "【第3期総合戦略】", None, None),
        (None, None, None, "現状値 (R1年度)", "実績値 (R5年度)", "最終目標値 (R8年度)", None),
        ("1-1", "アート事業", "イベント来場者数", "647人", "4,858人", "5,000人程度", "効果があった"),
    ]
    merged = ("A1:A3", "B1:B3", "C1:F1", "C2:C3", "E2:F2", "G1:G3")
    table = read(xlsx(rows, merged))
    (row,) = table.rows
    assert said(row) == {
        "initiative": "アート事業",
        "name": "イベント来場者数",
        "baseline": "647人",
        "target": "5,000人程度",
    }
    assert actuals(row) == {2023: "4,858人"} and row.texts["baseline"].year == 2019
    assert [it.text for it in table.passed] == ["No", "評価"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_a_csv_is_read_in_whichever_encoding_excel_writes_it(encoding):
    table = read(csv_of("指標,実績値（令和４年度）", "来場者数,10人", encoding=encoding))
    assert actuals(table.rows[0]) == {2022: "10人"} and table.rows[0].actuals[0].cell == "B2"


def test_the_sixteen_rows_of_a_city_are_read_as_they_are_printed():
    with (DATA / "kpis.csv").open(encoding="utf-8", newline="") as file:
        given = list(csv.DictReader(file))
    head = "No,事業名,区分,指標,現状値（R1年度）,最終目標値（R8年度）,実績値（R5年度）,実績値（R6年度）"
    out = io.StringIO()
    lines = csv.writer(out)
    for number, row in enumerate(given, start=1):
        lines.writerow(
            [
                number,
                *(
                    row[it]
                    for it in (
                        "initiative",
                        "class",
                        "indicator",
                        "baseline",
                        "target",
                        "actual_2023",
                        "actual_2024",
                    )
                ),
            ]
        )
    table = read(csv_of(head, out.getvalue()))
    assert len(table.rows) == 16 and not table.refused
    assert [(said(row)["target"], actuals(row)[2024]) for row in table.rows] == [
        (it["target"], it["actual_2024"]) for it in given
    ]


def test_notes_blank_rows_and_sheets_without_a_table_are_passed_over_and_named():
    rows = [
        HEAD,
        ("その他", "来場者数", "人", "1", "2", "3"),
        (),
        ("※ 来場者数は延べ人数。",),
        ("（注）令和4年度は速報値",),
        ("出典：見本市",),
    ]
    table = read(xlsx(rows, also=["見方"]))
    assert len(table.rows) == 1 and not table.refused
    assert [it.cell for it in table.passed] == ["KPI!A4", "KPI!A5", "KPI!A6", "見方"]


def test_a_column_that_says_nothing_to_us_is_named_and_not_read():
    table = read(csv_of("指標,担当課,目標値（R8）,達成率（R8）", "来場者数,企画課,10,50%"))
    assert [(it.cell, it.text) for it in table.passed] == [("B1", "担当課"), ("D1", "達成率（R8）")]
    assert said(table.rows[0]) == {"name": "来場者数", "target": "10"}


REFUSED = (
    ("指標,実績値\n来場者数,10人", "B2", "年度がありません"),
    ("指標,実績値（R4）\n来場者数,R5:10人", "B2", "R5"),
    ("指標,実績値（R4）\n,10人", "A2", "指標が書かれていません"),
    ("指標,実績値（R4）,実績値（R4年度）\n来場者数,1,2", "C1", "同じ見出し"),
    ("指標,目標値（R7）,目標値（R8）\n来場者数,1,2", "B1", "最終目標値"),
    ("指標,備考\n来場者数,なし", "A1", "見出しの列がありません"),
    ("指標,望ましい方向,目標値\n来場者数,？,5", "B2", "増加"),
    ("指標,単位,目標値\n来場者数," + "人" * 31 + ",5", "B2", "30字"),
    ("指標,目標値\n来場者数," + "5" * 201, "B2", "200字"),
    ("指標,目標値\n" + "長" * 301 + ",5", "A2", "300字"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "cell", "why"), REFUSED, ids=lambda it: it[:20])
def test_what_cannot_be_read_is_refused_with_its_address_and_the_reason(app, text, cell, why):
    with app.test_request_context():
        table = read(csv_of(*text.split("\n")))
        assert any(it.cell == cell and why in it.why for it in table.refused), [
            (it.cell, it.why) for it in table.refused
        ]


def test_an_actual_without_a_year_above_it_may_name_its_own():
    assert actuals(read(csv_of("指標,実績値", "来場者数,R5:120人")).rows[0]) == {2023: "R5:120人"}


def test_of_several_targets_the_one_that_is_headed_as_the_last_counts():
    table = read(csv_of("指標,目標値（R5）,最終目標値（R8）", "来場者数,5,8"))
    assert said(table.rows[0])["target"] == "8" and table.rows[0].texts["target"].year == 2026
    assert [it.cell for it in table.passed] == ["B1"]


def test_a_formula_an_error_and_a_merged_value_are_refused(app):
    content = workbook(
        [HEAD, ("", "来場者数", "人", "1", "=SUM(D2)", 5), ("", "相談件数", "件", None, "3", None)], ["F2:F3"]
    )
    book = load_workbook(io.BytesIO(content))
    book["KPI"]["D2"] = "#REF!"
    book["KPI"]["D2"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    with app.test_request_context():
        refused = {it.cell: it.why for it in read(Upload("指標.xlsx", out.getvalue())).refused}
    assert set(refused) == {"KPI!D2", "KPI!E2", "KPI!F3"} and "数式" in refused["KPI!E2"]


def test_a_cell_is_read_as_it_is_shown_with_the_percent_or_the_unit_of_its_format():
    content = workbook([HEAD, ("", "割合", "", 0.43, 0.855, 1), ("", "人数", "", 5000, 1200.5, 0.1 + 0.2)])
    book = load_workbook(io.BytesIO(content))
    sheet = book["KPI"]
    for cell in ("D2", "E2", "F2"):
        sheet[cell].number_format = "0.0%"
    sheet["D3"].number_format = '#,##0"人"'
    out = io.BytesIO()
    book.save(out)
    one, other = read(Upload("指標.xlsx", out.getvalue())).rows
    assert (said(one)["baseline"], said(one)["target"], actuals(one)[2022]) == ("43%", "85.5%", "100%")
    assert (said(other)["baseline"], said(other)["target"]) == ("5000人", "1200.5")


UNREADABLE = (
    ("空.csv", b"", "CSV"),
    ("表.csv", b"\x00\x01\xff\xfe", "CSV"),
    ("表.xlsx", b"PK\x03\x04 no", "Excel"),
    ("表.pdf", b"%PDF-1.7", "Excel"),
    ("", b"", "表を選んでください"),
    ("表.xlsm", b"PK", "マクロ"),
    ("表.csv", "指標,目標値\n".encode(), "指標の行がありません"),
    ("表.csv", "部署,人数\n企画,3".encode(), "「指標」という見出し"),
    ("表.csv", b"a" * (5 * 1024 * 1024 + 1), "大きすぎ"),
    ("表.csv", ("指標,目標値\n" + "来場者数,1\n" * 1_001).encode(), "1000行"),
    ("表.csv", ("指標,実績値\n" + "来場者数,1\n" * 501).encode(), "500個"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "content", "why"), UNREADABLE, ids=lambda it: str(it)[:20])
def test_a_file_that_is_no_table_of_indicators_is_not_read_and_the_reason_is_told(app, name, content, why):
    with app.test_request_context(), pytest.raises(NoWorkbook) as problem:
        read(Upload(name, content))
    with app.test_request_context():
        assert why in sentence_of(problem.value)


HEADINGS = (
    ("実績値（R5年度）", "actual", 2023), ("令和6年度実績", "actual", 2024), ("2022年度 実績値", "actual", 2022),
    ("現状値(Ｒ元)", "baseline", 2019), ("策定時", "baseline", None), ("目標値 R4～R8", "target", None),
    ("目標値（R8.3）", "target", None), ("baseline_R1_raw", "baseline", 2019), ("actual_R5_raw", "actual", 2023),
    ("指標名", "name", None), ("重要業績評価指標（ＫＰＩ）", "name", None), ("KPI", "name", None), ("kpi_class", "category", None),
    ("事業名", "initiative", None), ("団体名", "body", None), ("一覧番号", "number", None), ("No.", "", None),
    ("望ましい方向", "direction", None), ("単位", "unit", None), ("備考", "note", None), ("達成状況", "", None),
    ("事業効果に対する評価", "", None),
)  # fmt: skip


@pytest.mark.parametrize(("words", "role", "year"), HEADINGS)
def test_a_column_is_what_its_heading_says(words, role, year):
    assert (role_of(words, across=False), year_of(words)) == (role, year)


def test_rows_may_be_numbered_and_projects_too():
    assert role_of("No", across=True) == "number" and role_of("No", across=False) == ""


def test_what_was_read_waits_as_plain_values_and_is_the_same_afterwards():
    table = read(
        xlsx([HEAD, ("a", "来場者数", "人", "1", "2", "3"), ("", "", "", "4", "", "")], also=["見方"])
    )
    assert table.refused and table.passed and Table.of_json(table.to_json()) == table


def test_cells_that_are_merged_over_and_over_again_are_refused_before_anybody_counts_them():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([HEAD], ["A5:B5"]))) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            content = given.read(name).decode()
            merged = "".join(f'<mergeCell ref="A6:CV{9_000 + number}"/>' for number in range(1_000))
            made.writestr(name, re.sub(r'<mergeCell ref="A5:B5" ?/>', merged, content))
    with pytest.raises(NoWorkbook, match="larger than any table"):
        read(Upload("指標.xlsx", out.getvalue()))
