"""The list, the case and the page of endings, as each role sees them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pytest

from app import calendar
from app.calendar import JST
from app.correspondence import approval
from app.correspondence.letters import letters_of
from app.db import db
from app.projects import end_of_support
from app.projects.models import Project
from app.projects.tasks import tasks
from tests import factories
from tests.reading import text_of


@pytest.fixture
def at() -> datetime:
    return datetime(2023, 3, 6, 10, 0, tzinfo=JST)


@pytest.fixture
def listed(joint, body) -> list[Project]:
    """Five projects of S4 in another order than their codes; 更別村 is in the first."""
    h30 = joint.call
    r4 = factories.call(code="R4", selection_fy=2022, base_years=5, state="announced")
    osaka = factories.project(
        [body("大阪府", "270008"), body("河内長野市", "272167", "大阪府")],
        number=25, call=h30, title=None, technologies_raw="自動運転",
    )  # fmt: skip
    ibaraki = factories.project(
        [body("常陸太田市", "082121", "茨城県")],
        number=7,
        call=r4,
        title="MaaS推進",
        technologies_raw="自動運転、キャッシュレス等",
        road_linked=True,
    )
    gunma = factories.project(
        [body("前橋市", "102016", "群馬県")],
        number=10,
        call=r4,
        title="地域金融",
        technologies_raw="キャッシュレス・ブロックチェーン",
    )
    again = factories.project(
        [body("河内長野市", "272167")], number=26, call=r4, title="豊かな生活", technologies_raw="AI、IoT等"
    )
    db.session.commit()
    return [joint, osaka, ibaraki, gunma, again]


def rows(client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def numbers(client, query: str = "") -> list[str]:
    return [row["番号"] for row in rows(client, f"/projects?format=csv&{query}")]


def test_the_list_is_in_the_order_of_the_lead_applicants_codes(listed, sign_in_as):
    client, _ = sign_in_as("officer")
    assert numbers(client) == ["1", "7", "10", "25", "26"]
    assert numbers(client, "sort=-number") == ["26", "25", "10", "7", "1"]
    page = text_of(client.get("/projects"))
    assert page.index("岩見沢市") < page.index("常陸太田市") < page.index("河内長野市")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("selection_fy=2018", ["1", "25"]),
        ("state=ended", []),
        ("prefecture=大阪府", ["25", "26"]),
        ("prefecture=北海道", ["1"]),
        ("technology=キャッシュレス", ["7", "10"]),
        ("technology=AI", ["26"]),
        ("ends=2022", ["1", "25"]),
        ("ends=2023", []),
        ("linked=1", ["7"]),
        ("q=更別", ["1"]),
        ("q=河内長野　生活", ["26"]),
        ("selection_fy=9999&state=nonsense", ["1", "7", "10", "25", "26"]),
    ],
)
def test_each_filter_narrows_the_list(listed, sign_in_as, query, found):
    client, _ = sign_in_as("officer")
    assert numbers(client, query) == found


def test_the_columns_tell_bodies_mark_year_and_end(listed, sign_in_as):
    client, _ = sign_in_as("director")
    first, linked = rows(client, "/projects?format=csv")[:2]
    assert first["申請団体"] == "北海道、北海道岩見沢市、北海道更別村"
    assert (first["事業名"], first["支援年次"]) == ("", "5年中5年目")  # never a title that is not on record
    assert linked["申請団体"] == "茨城県常陸太田市（※）"
    assert linked["主な活用技術"] == "自動運転、キャッシュレス等"


def test_a_project_whose_title_is_not_on_record_is_called_by_its_bodies_with_a_note(listed, sign_in_as):
    client, _ = sign_in_as("officer")
    project = listed[0]
    called = "北海道ほかの事業"
    for address in ("/projects", f"/projects/{project.id}"):
        page = text_of(client.get(address))
        assert called in page and "（事業名は資料に記載なし）" in page, address
    assert f"<title>{called}" in text_of(client.get(f"/projects/{project.id}"))
    assert f"{called}</h1>" in text_of(client.get(f"/projects/{project.id}"))
    for address in ("council", "cancellation"):
        director, _ = sign_in_as("director")
        assert called in text_of(director.get(f"/projects/{project.id}/{address}"))
    assert "（事業名は資料に記載なし）" not in text_of(client.get(f"/projects/{listed[2].id}"))


def test_a_single_body_is_named_without_others(listed, body):
    alone = factories.project([body("仙台市", "041009", "宮城県")], number=5, title=None)
    assert (alone.shown_title, listed[0].shown_title) == ("宮城県仙台市の事業", "北海道ほかの事業")


def test_the_order_by_title_is_the_order_of_what_is_shown(listed, sign_in_as):
    client, _ = sign_in_as("officer")
    found = numbers(client, "sort=title")
    called = {
        str(project.number): project.title or project.lead.prefecture + project.lead.name
        for project in listed
    }
    assert found == sorted(found, key=called.__getitem__) and len(found) == 5


def test_a_municipality_sees_the_projects_it_is_an_applicant_of(listed, body, sign_in_as):
    client, _ = sign_in_as("municipality_editor", body("更別村", "016390"))
    assert numbers(client) == ["1"]
    assert client.get(f"/projects/{listed[0].id}").status_code == 200
    assert client.get(f"/projects/{listed[1].id}").status_code == 404


def test_the_list_asks_the_database_no_more_for_more_rows(listed, sign_in_as, count_queries):
    client, _ = sign_in_as("officer")
    few, many = "/projects?prefecture=大阪府", "/projects"
    for address in (few, many):
        client.get(address)  # once for what is remembered from then on
    assert count_queries(lambda: client.get(few)) == count_queries(lambda: client.get(many)) <= 8


def test_the_first_case_asks_for_the_house_too_and_the_next_ones_six_times_at_most(
    listed, sign_in_as, count_queries
):
    client, _ = sign_in_as("officer")
    assert count_queries(lambda: client.get(f"/projects/{listed[0].id}")) <= 13
    assert count_queries(lambda: client.get(f"/projects/{listed[0].id}")) <= 6


def test_a_body_that_nobody_acts_for_is_flagged_and_becomes_a_task(app, listed, body, sign_in_as, at):
    lonely = factories.project([body("大分県", "440001", contact=False)], number=42, call=listed[0].call)
    factories.project([factories.organisation("国東市")], number=43, call=listed[0].call, state="ended")
    client, officer = sign_in_as("officer")
    assert numbers(client, "contact=none") == ["42"]
    assert "連絡先なし" in text_of(client.get("/projects?contact=none"))
    assert "担当者のいない団体があります" in text_of(client.get(f"/projects/{lonely.id}"))
    with app.test_request_context():
        found = [task for task in tasks(officer, at) if "contact=none" in task.url]
    assert [task.title for task in found] == ["担当者のいない団体の連絡先を確認する（1事業）"]
    municipal, _ = sign_in_as("municipality_editor", body("大分県", "440001"))
    assert "担当者のいない団体" not in text_of(municipal.get("/projects"))


def test_the_case_shows_period_strip_letters_and_what_comes_next(joint, body, sign_in_as):
    client, _ = sign_in_as("municipality_approver", body("岩見沢市", "012106"))
    page = text_of(client.get(f"/projects/{joint.id}"))
    for said in (
        "北海道岩見沢市",
        "1年目（平成30年度）",
        "5年目（令和4年度）",
        "令和5年3月31日（金）",
        "手続は必要ありません",
        "5年中5年目",
    ):
        assert said in page, said
    assert page.count('aria-current="step"') == 1
    assert f'href="/projects/{joint.id}/council"' in page
    assert f'href="/projects/{joint.id}/cancellation"' not in page


def test_each_body_sees_its_own_letter_on_the_case_once_it_is_issued(joint, body, sign_in_as, at):
    db.session.commit()
    end_of_support.draft_letters(on=at.date(), at=at)
    client, _ = sign_in_as("municipality_approver", body("岩見沢市", "012106"))
    assert "岩見沢市長" not in text_of(client.get(f"/projects/{joint.id}"))
    approval.approve(letters_of(), actor=factories.tenure("director"), at=at)
    end_of_support.issue_letters(on=date(2023, 3, 31), at=at)
    page = text_of(client.get(f"/projects/{joint.id}"))
    assert "岩見沢市長" in page
    assert "更別村長" not in page
    office, _ = sign_in_as("officer")
    assert "更別村長" in text_of(office.get(f"/projects/{joint.id}"))


def test_a_director_cancels_with_a_reason_and_the_case_tells_it(joint, sign_in_as):
    client, _ = sign_in_as("director")
    address = f"/projects/{joint.id}/cancellation"
    assert address in text_of(client.get(f"/projects/{joint.id}"))
    refused = client.post(address, data={"reason": "　"})
    assert refused.status_code == 422
    assert all(f'href="#{entry}' in text_of(refused) for entry in ("reason", "ground", "asked_by"))
    asked = {"ground": "by_body", "asked_by": "body", "reason": "申請団体の辞退による。"}
    early = client.post(address, data={**asked, "on": "2099-01-01"})
    assert 'href="#on"' in text_of(early), "a day that is still to come is refused, and said at its entry"
    assert client.post(address, data={**asked, "on": calendar.today().isoformat()}).status_code == 302
    page = text_of(client.get(f"/projects/{joint.id}"))
    assert "申請団体の辞退による。" in page
    assert "団体からの申出" in page
    assert db.session.get_one(Project, joint.id).state == "cancelled"
    again = client.post(address, data={"reason": "もう一度"})
    assert again.status_code == 302, "a second tab is told, and changes nothing"
    assert db.session.get_one(Project, joint.id).cancel_reason == "申請団体の辞退による。"


def test_an_officer_cannot_cancel(joint, sign_in_as):
    client, _ = sign_in_as("officer")
    assert client.post(f"/projects/{joint.id}/cancellation", data={"reason": "辞退"}).status_code == 403
    assert db.session.get_one(Project, joint.id).state == "supported"


def test_the_page_of_endings_shows_what_ends_and_how_far_the_letters_are(listed, sign_in_as, at):
    client, _ = sign_in_as("officer")
    page = text_of(client.get("/projects/ending"))
    for said in ("令和4年度", "令和5年3月1日（水）", "令和5年3月31日（金）", "岩見沢市長", "未起案"):
        assert said in page, said
    assert "常陸太田市" not in page
    end_of_support.draft_letters(on=at.date(), at=at)
    page = text_of(client.get("/projects/ending?fiscal_year=2022"))
    assert "起案5、決裁済み0、発出済み0、廃案0" in page
    assert "/letters/review?kind=support-end&amp;fiscal_year=2022" in page
    found = rows(client, "/projects/ending?fiscal_year=2022&format=csv")
    assert [row["番号"] for row in found] == ["1", "25"]


@pytest.mark.parametrize("asked", ["", "abcd", "２０２２", "99999", "1900", "-1"])
def test_a_year_that_is_none_shows_this_one(listed, sign_in_as, asked):
    client, _ = sign_in_as("officer")
    assert "令和4年度末で支援が終了する事業" in text_of(client.get(f"/projects/ending?fiscal_year={asked}"))


def test_a_letter_of_another_kind_is_not_shown_as_the_one_of_the_end_and_of_two_the_later_counts(
    listed, sign_in_as, at
):
    end_of_support.draft_letters(on=at.date(), at=at)
    project = listed[1]
    [lead, _] = project.bodies
    told = {"about_id": project.id, "organisation": lead, "fiscal_year": 2022}
    factories.letter(letter_kind="selection", state="approved", **told)
    db.session.commit()
    client, _ = sign_in_as("officer")

    def standing() -> str:
        row = next(
            it for it in rows(client, "/projects/ending?fiscal_year=2022&format=csv") if it["番号"] == "25"
        )
        return row["文書"].partition("、")[0]

    assert standing().endswith("起案")
    factories.letter(letter_kind="support-end", state="approved", **told)
    db.session.commit()
    assert standing().endswith("決裁済み")


def test_a_year_in_which_nothing_ends_says_so(listed, sign_in_as):
    client, _ = sign_in_as("officer")
    assert "終了する事業はありません" in text_of(client.get("/projects/ending?fiscal_year=2030"))


def test_unapproved_letters_after_the_notice_day_are_told_in_red(listed, sign_in_as, at, move_clock):
    end_of_support.draft_letters(on=at.date(), at=at)
    move_clock(datetime(2023, 4, 3, 9, 0, tzinfo=JST))
    client, _ = sign_in_as("director")
    page = text_of(client.get("/projects/ending?fiscal_year=2022"))
    assert "発出日を過ぎています" in page
    assert "通知を決裁する（5件）" in page
