"""The public register: without sign-in, in the order of S4, for readers and for machines."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest

from app.calendar import era_date
from app.db import db
from tests import factories
from tests.home.page import page_of


@pytest.fixture
def listed(rounds, bodies):
    """Three joint or marked projects among the rest, which have no code and come first or last."""
    made = {
        "joint": factories.project(
            [bodies["北海道"], bodies["岩見沢市"], bodies["更別村"]],
            number=900001, call=rounds["H30"], title=None, technologies_raw="自動運転、ロボット、ドローン", opened_on=None,
        ),
        "osaka": factories.project(
            [bodies["大阪府"], bodies["河内長野市"]],
            number=900002, call=rounds["H30"], title=None, technologies_raw="自動運転", opened_on=None,
        ),
        "again": factories.project(
            [bodies["河内長野市"]], number=900003, call=rounds["R4"], title="豊かな生活", technologies=["AI"], technologies_etc=True, technologies_raw="AI、IoT等",
        ),
        "linked": factories.project(
            [bodies["常陸太田市"]], number=900004, call=rounds["R4"], title="MaaS推進", technologies_raw="自動運転等", road_linked=True,
        ),
    }  # fmt: skip
    db.session.commit()
    return made


def page(client, query: str = "") -> str:
    answer = client.get(f"/register?{query}")
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def numbers(client, query: str = "") -> list[int]:
    found = client.get(f"/register.json?{query}").get_json()["projects"]
    return [project["number"] for project in found if project["number"] > 900000]


def test_the_register_opens_without_signing_in_and_tells_rounds_and_their_gaps(rounds, client):
    text = page(client)
    assert "令和5年2月15日（水）" in text, "as of today"
    for said in ("53", "45", "8"):
        assert f'<strong class="figure__value">{said}</strong>' in text
    assert (
        "選定14事業のうち、一覧に掲載しているのは9事業です。残る5事業は令和3年3月31日までに支援を終了しており"
        in text
    )
    assert "選定8事業のうち、一覧に掲載しているのは5事業です。" in text
    assert "R5の募集" not in text
    assert "令和5年度" not in text.split("<main")[1], "not announced by this day"


def test_a_round_whose_count_is_not_known_says_so(rounds, client):
    text = page(client, "on=2024-07-01")
    assert "選定数は資料に記載がありません。" in text
    assert "登録された資料に団体名の記載がありません" in text, "R5 has two, none of them named"


def test_projects_are_in_the_order_of_the_lead_applicants_codes(listed, client):
    assert numbers(client) == [900001, 900004, 900002, 900003]


def test_marks_and_further_technologies_are_shown_and_explained(listed, client):
    text = page(client, "q=常陸")
    assert "（※）" in text
    assert "自動運転等" in text
    assert "自動運転サービス導入支援事業と連携" in text
    assert "「等」" in text
    named = page(client, "q=岩見沢")
    assert "北海道ほかの事業" in named and "資料に記載なし" in named


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("selection_fy=2018", [900001, 900002]),
        ("prefecture=大阪府", [900002, 900003]),
        ("technology=自動運転", [900001, 900004, 900002]),
        ("linked=1", [900004]),
        ("state=supported", [900001, 900004, 900002, 900003]),
        ("state=ended", []),
        ("state=ended&on=2023-04-01", [900001, 900002]),
        ("state=supported&on=R5.4.1", [900004, 900003]),
        ("on=2022-07-12", [900001, 900002]),
        ("q=更別", [900001]),
    ],
)
def test_each_filter_narrows_the_register(listed, client, query, found):
    assert numbers(client, query) == found


def test_the_day_stays_chosen_when_the_list_is_sorted_and_can_be_taken_away(listed, client):
    text = page(client, "on=令和5年4月1日")
    assert "時点（日付）：令和5年4月1日（土）" in text
    assert 'value="令和5年4月1日"' in text
    assert "/register?on=%E4%BB%A4%E5%92%8C5%E5%B9%B44%E6%9C%881%E6%97%A5&amp;sort=" in text


@pytest.mark.parametrize("typed", ["令和5年13月1日", "yesterday", "2018-03-31", "<script>"])
def test_a_day_that_is_none_is_told_and_today_is_shown(rounds, client, typed):
    answer = client.get("/register", query_string={"on": typed})
    text = answer.get_data(as_text=True)
    assert "読み取れませんでした" in text
    assert "令和5年2月15日（水）" in text
    assert "<script>" not in text.split("<main")[1]


def test_a_day_to_come_is_marked_as_such(rounds, client):
    assert "将来の日付です" in page(client, "on=2027-04-01")


def test_csv_and_excel_hold_exactly_what_the_page_shows(listed, client):
    answer = client.get("/register?prefecture=大阪府&format=csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["申請団体"] for row in rows] == ["大阪府、大阪府河内長野市", "大阪府河内長野市"]
    assert rows[0]["団体コード"] == "270008"
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get("/register?prefecture=大阪府&format=xlsx").get_data())
    ).active
    ends = list(rows[0]).index("支援終了日")
    for typed, row in zip(list(sheet.iter_rows(values_only=True))[1:], rows, strict=True):
        told = [
            era_date(cell.date()) if place == ends else str(cell or "") for place, cell in enumerate(typed)
        ]
        assert told == list(row.values())


def test_the_open_data_say_all_of_it(listed, client):
    found = client.get("/register.json?on=2023-03-31&q=更別").get_json()
    assert found["as_of"] == "2023-03-31"
    assert (found["totals"]["announced"], found["totals"]["ended"]) == (53, 6), (
        "two more are listed here than in S4"
    )
    h30 = next(it for it in found["rounds"] if it["call"] == "H30")
    assert (h30["announced"], h30["announced_on"]) == (14, None)
    assert found["projects"] == [
        {
            "programme": "future-tech",
            "number": 900001,
            "applicants": [
                {"code": "010006", "name": "北海道"},
                {"code": "012106", "name": "北海道岩見沢市"},
                {"code": "016390", "name": "北海道更別村"},
            ],
            "title": None,
            "technologies": ["AI"],
            "technologies_etc": False,
            "road_linked": False,
            "selection_fy": 2018,
            "support_until": "2023-03-31",
            "state": "supported",
            "sample": False,
        }
    ]


def test_nothing_of_a_decided_call_is_shown_before_its_announcement(listed, bodies, client):
    call = factories.call(
        code="R9",
        title="秘密の募集",
        selection_fy=2022,
        state="decided",
        announced_count=1,
        announced_on=date(2022, 9, 1),
    )
    factories.project([bodies["更別村"]], number=900009, call=call, title="秘密の事業")
    for address in (
        "/register",
        "/register.json",
        "/register?format=csv",
        "/register?selection_fy=2022",
        "/register?on=2030-01-01",
    ):
        text = client.get(address).get_data(as_text=True)
        assert "秘密" not in text
        assert "900009" not in text


def test_the_register_reads_well_in_english_too(listed, client):
    client.get("/language/en")
    text = page(client)
    assert (
        "8 announced, 5 listed: the sources do not name the other 3, whose support had ended by 31 March 2022."
        in text
    )
    assert "FY2022" in text


def test_the_register_asks_the_database_no_more_for_more_rows(app, listed, client, count_queries):
    def asked(address: str) -> int:
        client.get(address)  # from then on what seldom changes is in memory
        app.extensions["everybodys"].forget()  # and so is the page, as it was answered
        return count_queries(lambda: client.get(address))

    few, many = asked("/register?linked=1"), asked("/register?sort=-number")
    assert 0 < few == many <= 12


def test_a_project_without_a_title_on_record_is_broken_over_lines_like_the_others(listed, client):
    titles = page_of(page(client, "q=河内長野市")).all("tbody th")
    (untitled,) = [cell for cell in titles if "資料に記載なし" in cell.words]
    assert "nowrap" not in untitled.classes
