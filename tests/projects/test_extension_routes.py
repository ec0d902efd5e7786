"""An officer records on the project's page what became of an extension; every refusal is a sentence."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.calendar import JST
from app.db import db
from app.projects.models import Project
from tests import factories
from tests.home.page import page_of
from tests.reading import text_of


@pytest.fixture
def at() -> datetime:
    return datetime(2028, 2, 1, 10, 0, tzinfo=JST)


@pytest.fixture
def project(body) -> Project:
    call = factories.call(code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced")
    made = factories.project(
        [body("岩見沢市", "012106", "北海道")], number=46, call=call, opened_on=date(2025, 4, 11)
    )
    db.session.commit()
    return made


def entered(project: Project, **values: str) -> dict[str, str]:
    usual = {"outcome": "certified", "years": "2", "on": "2028-02-01", "remark": "認定した。"}
    return {"version": str(project.version_id), **usual, **values}


def test_the_page_before_it_is_recorded_promises_nothing_untrue(project, body, sign_in_as, move_clock):
    move_clock(datetime(2028, 1, 10, 9, tzinfo=JST))
    client, _ = sign_in_as("municipality_approver", body("岩見沢市", "012106"))
    page = text_of(client.get(f"/projects/{project.id}"))
    for said in ("当初の支援期間の満了", "令和10年1月31日（月）までに", "令和12年3月31日"):
        assert said in page, said
    for untrue in ("手続は必要ありません", "同一の内容", "自動的に", f"/projects/{project.id}/extension"):
        assert untrue not in page, untrue
    assert client.get(f"/projects/{project.id}/extension").status_code == 403


def test_an_officer_records_it_and_page_timeline_and_register_tell_the_new_end(project, sign_in_as, client):
    office, _ = sign_in_as("officer")
    address = f"/projects/{project.id}/extension"
    assert f'href="{address}"' in text_of(office.get(f"/projects/{project.id}"))
    assert office.get(address).status_code == 200
    answer = office.post(address, data=entered(project, years="２", remark="認定書による。"))
    assert answer.status_code == 302
    page = text_of(office.get(f"/projects/{project.id}"))
    for said in (
        "申請あり（認定）",
        "2年間",
        "令和12年3月31日",
        "認定書による。",
        "5年目（令和11年度）",
        "継続申請の結果を登録",
    ):
        assert said in page, said
    assert "令和12年3月31日" in text_of(client.get("/register"))
    assert "登録済みの結果" in text_of(office.get(address)), "a mistake can be corrected"
    assert office.post(address, data=entered(project, outcome="refused", remark="誤り")).status_code == 302
    assert db.session.get_one(Project, project.id).ends_on == date(2028, 3, 31)
    assert "継続申請の結果の登録を修正" in text_of(office.get(f"/projects/{project.id}"))


def test_a_director_may_record_it_too(project, sign_in_as):
    director, _ = sign_in_as("director")
    assert director.post(f"/projects/{project.id}/extension", data=entered(project)).status_code == 302


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"years": "3"}, "最長2年間です"),
        ({"years": ""}, "延長する年数を入力してください"),
        ({"years": "0"}, "延長する年数を入力してください"),
        ({"years": "-1"}, "延長する年数を入力してください"),
        ({"years": "二年"}, "整数"),
        ({"on": "2028-02-02"}, "未来の日付"),
        ({"on": "2025-04-10"}, "令和7年4月11日（金）に始まりました"),
        ({"on": ""}, "入力してください"),
        ({"on": "2028-02-30"}, "30日"),
        ({"outcome": ""}, "結果を選択してください"),
        ({"outcome": "perhaps"}, ""),
    ],
)
def test_what_cannot_be_is_answered_at_its_field_and_what_was_typed_is_kept(
    project, sign_in_as, values, said
):
    office, _ = sign_in_as("officer")
    answer = office.post(f"/projects/{project.id}/extension", data=entered(project, **values))
    assert answer.status_code == 422
    assert said in text_of(answer) and "認定した。" in text_of(answer)
    [wrong] = values
    summary = page_of(text_of(answer)).one(".error-summary__list")
    assert [link["href"].partition("-")[0] for link in summary.all("a")] == [f"#{wrong}"]
    assert db.session.get_one(Project, project.id).extension is None


def test_a_call_that_offers_none_is_answered_in_words(body, sign_in_as):
    call = factories.call(selection_fy=2025, base_years=3, extension_years=0, state="announced")
    plain = factories.project([body("岩見沢市", "012106", "北海道")], call=call, opened_on=date(2025, 4, 11))
    office, _ = sign_in_as("officer")
    address = f"/projects/{plain.id}/extension"
    assert address not in text_of(office.get(f"/projects/{plain.id}"))
    refused = office.post(address, data=entered(plain))
    assert refused.status_code == 422 and "支援期間の延長がありません" in text_of(refused)
    asked = office.get(address)
    assert asked.status_code == 302
    assert "支援期間の延長がありません" in text_of(office.get(asked.headers["Location"]))


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_a_project_that_is_over_is_answered_in_words(project, sign_in_as, state):
    over = factories.project([project.lead], call=project.call, opened_on=date(2025, 4, 11), state=state)
    office, _ = sign_in_as("officer")
    address = f"/projects/{over.id}/extension"
    assert office.post(address, data=entered(over)).status_code == 409
    assert "終了しています" in text_of(office.get(office.get(address).headers["Location"]))
    assert db.session.get_one(Project, over.id).extension is None


def test_of_two_officers_the_second_learns_that_it_is_recorded(project, sign_in_as):
    first, _ = sign_in_as("officer")
    second, _ = sign_in_as("officer")
    sent = entered(project)
    assert first.post(f"/projects/{project.id}/extension", data=sent).status_code == 302
    assert (
        second.post(f"/projects/{project.id}/extension", data={**sent, "outcome": "refused"}).status_code
        == 409
    )
    assert db.session.get_one(Project, project.id).extension == "certified"


def test_the_page_of_endings_shows_what_is_not_recorded(project, sign_in_as, move_clock):
    office, _ = sign_in_as("officer")
    page = text_of(office.get("/projects/ending?fiscal_year=2027"))
    for said in ("継続申請の結果が未登録", "令和10年2月29日（火）", f"/projects/{project.id}/extension"):
        assert said in page, said
    assert "継続申請の結果が未登録" in text_of(office.get("/projects/ending?fiscal_year=2027&format=csv"))
    move_clock(datetime(2028, 4, 3, 9, tzinfo=JST))
    assert "notice--error" in text_of(office.get("/projects/ending?fiscal_year=2027"))


def test_a_project_past_its_base_end_stays_supported_in_the_register_until_it_is_recorded(
    project, client, move_clock
):
    move_clock(datetime(2028, 4, 3, 9, tzinfo=JST))
    (shown,) = client.get("/register.json").get_json()["projects"]
    assert shown["state"] == "supported"


def test_officers_say_by_when_extensions_are_asked_for(project, sign_in_as):
    office, _ = sign_in_as("officer")
    call = f"/calls/{project.call_id}"
    assert "継続申請の期限：令和10年1月31日（月）" in text_of(office.get(call))
    assert f'href="{call}/extension-deadline"' in text_of(office.get(call))
    answer = office.post(f"{call}/extension-deadline", data={"due_on": "R10.2.10"})
    assert answer.status_code == 302
    page = text_of(office.get(call))
    assert "継続申請の期限：令和10年2月10日（木）" in page
    assert "継続申請の期限を令和10年2月10日（木）に設定" in page


@pytest.mark.parametrize("due_on", ["2028-01-31", "2028-04-01", "", "来月"])
def test_a_deadline_past_or_beyond_the_last_base_year_is_refused_in_words(project, sign_in_as, due_on):
    office, _ = sign_in_as("officer")
    answer = office.post(f"/calls/{project.call_id}/extension-deadline", data={"due_on": due_on})
    assert answer.status_code == 422 and 'href="#due_on"' in text_of(answer)
    assert project.call.extension_due_on is None


def test_a_call_without_extension_or_not_published_has_no_deadline_to_set(project, sign_in_as):
    office, _ = sign_in_as("officer")
    for call in (factories.call(extension_years=0), factories.call(state="draft", extension_years=2)):
        address = f"/calls/{call.id}/extension-deadline"
        assert address not in text_of(office.get(f"/calls/{call.id}"))
        answer = office.post(address, data={"due_on": "2028-02-10"})
        assert answer.status_code == 302
        assert "延長がないか" in text_of(office.get(answer.headers["Location"]))
