"""The office works through a selection in the browser; nothing typed is lost, nothing is decided unseen or twice."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.letters import letters_of
from app.db import db
from app.history import HistoryEntry
from app.programmes.models import Call
from app.projects.models import Project
from app.schedule.models import Work
from app.schedule.work import run_next
from app.selection import operations
from app.selection.models import Result
from app.selection.tasks import tasks
from app.web.manifest import brought
from tests import factories
from tests.reading import text_of


@pytest.fixture
def office(officer, sign_in_as):
    return sign_in_as(tenure=officer)[0]


@pytest.fixture
def chief(director, sign_in_as):
    return sign_in_as(tenure=director)[0]


def said_after(client, answer) -> str:
    """The page that an answer leads to, with its message."""
    assert answer.status_code == 302, answer.status
    return text_of(client.get(answer.headers["Location"]))


def seen_on(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def test_the_selection_page_lists_every_submitted_application_and_what_is_missing(
    call, apply, record, office
):
    record(apply("白石市"), True, "先導性が高い。")
    for name, state in (("角田市", "accepted"), ("登米市", "submitted"), ("栗原市", "withdrawn")):
        apply(name, state)
    apply("大崎市", "draft")
    page = text_of(office.get(f"/calls/{call.id}/selection"))
    for said in ("白石市", "先導性が高い。", "角田市", "登米市", "栗原市", "R5-0001", "決定までに必要なこと"):
        assert said in page
    assert "大崎市" not in page, "a draft is the applicant's own"
    assert f'href="/calls/{call.id}/decision"' not in page


def test_the_page_asks_the_database_no_more_for_more_applications(call, apply, record, office, count_queries):
    record(apply("白石市", joint=[factories.organisation("岩沼市")]), True)
    address = f"/calls/{call.id}/selection"
    office.get(address)
    few = count_queries(lambda: office.get(address))
    for name in ("角田市", "登米市", "栗原市"):
        record(apply(name), False)
    office.get(address)
    assert count_queries(lambda: office.get(address)) == few <= 13


def test_what_the_applicant_is_mending_is_not_shown(call, apply, office):
    returned = apply("白石市", "returned", title="雪道の見守り")
    returned.title = "書きかけの題名"
    page = text_of(office.get(f"/calls/{call.id}/selection"))
    assert "雪道の見守り" in page
    assert "書きかけの題名" not in page


def test_the_list_is_to_be_had_as_csv(call, apply, record, office):
    record(apply("白石市"), True, "先導性が高い。")
    rows = office.get(f"/calls/{call.id}/selection?format=csv").get_data().decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "北海道白石市" in rows[1]
    assert "先導性が高い。" in rows[1]


def test_all_accepted_applications_are_put_under_review_by_one_button(call, apply, office):
    applications = [apply("白石市", "accepted"), apply("角田市", "accepted")]
    page = said_after(office, office.post(f"/calls/{call.id}/review"))
    assert "審査に付した申請：2件" in page
    assert {application.state for application in applications} == {"under_review"}
    single = apply("登米市", "accepted")
    office.post(f"/applications/{single.id}/review")
    assert single.state == "under_review"


def test_an_officer_records_and_changes_a_result(call, apply, office):
    application = apply("白石市")
    address = f"/applications/{application.id}/result"
    answer = office.post(address, data={"version": "", "result": "yes", "reasons": " 先導性が高い。 "})
    assert answer.headers["Location"] == f"/calls/{call.id}/selection"
    result = db.session.scalars(select(Result)).one()
    assert (result.selected, result.reasons, application.state) == (True, "先導性が高い。", "provisional")
    page = text_of(office.get(address))
    assert "先導性が高い。</textarea>" in page
    assert 'name="version" type="hidden" value="1"' in page
    office.post(address, data={"version": "1", "result": "no", "reasons": "資金計画が不明確である。"})
    assert (result.selected, result.version_id) == (False, 2)
    events = [entry.event for entry in db.session.scalars(HistoryEntry.of(application))]
    assert events[:2] == ["result_changed", "record_result"]


def test_an_empty_result_is_refused_at_each_field_and_what_was_typed_stays(apply, office):
    application = apply("白石市")
    page = office.post(f"/applications/{application.id}/result", data={"reasons": "　書きかけ"})
    assert page.status_code == 422
    assert 'href="#result-0"' in text_of(page)
    assert "書きかけ</textarea>" in text_of(page)
    empty = office.post(f"/applications/{application.id}/result", data={})
    assert 'href="#reasons"' in text_of(empty)
    assert db.session.scalar(select(Result)) is None


def test_reasons_that_are_too_long_are_kept_and_counted(apply, office):
    application = apply("白石市")
    page = office.post(
        f"/applications/{application.id}/result", data={"result": "yes", "reasons": "長" * 1003}
    )
    assert page.status_code == 422
    assert "長" * 1003 in text_of(page)
    assert "3字" in text_of(page)


@pytest.mark.parametrize("version", ["", "1"])
def test_a_stale_tab_does_not_write_over_another_officers_result(apply, record, office, version):
    application = record(record(apply("白石市"), True), False, "資金計画が不明確である。")
    answer = office.post(
        f"/applications/{application.id}/result",
        data={"version": version, "result": "yes", "reasons": "私の理由"},
    )
    assert answer.status_code == 409
    assert "私の理由" in text_of(answer), "nothing typed is lost"
    assert db.session.scalar(select(Result.reasons)) == "資金計画が不明確である。"


def test_a_director_sees_everything_he_decides_and_decides_it(call, apply, record, chief):
    record(apply("白石市", title="雪道の見守り"), True, "先導性が高い。")
    record(apply("角田市", title="山の測量"), False, "資金計画が不明確である。")
    page = text_of(chief.get(f"/calls/{call.id}/decision"))
    for said in (
        "白石市",
        "雪道の見守り",
        "先導性が高い。",
        "角田市",
        "山の測量",
        "資金計画が不明確である。",
    ):
        assert said in page
    answer = chief.post(f"/calls/{call.id}/decision", data={"seen": seen_on(page)})
    assert answer.headers["Location"] == f"/calls/{call.id}/selection"
    assert call.state == "decided"
    assert {letter.state for letter in letters_of()} == {"approved"}


def test_the_decision_is_refused_while_one_is_undecided_and_the_page_leads_to_it(call, apply, record, chief):
    record(apply("白石市"), True)
    open_one = apply("角田市")
    page = text_of(chief.get(f"/calls/{call.id}/decision"))
    leads = re.search(r'<a href="([^"]+)">申請1件</a>', page)
    assert leads and str(open_one.number) in text_of(chief.get(unescape(leads[1])))
    assert "<button" not in page.split("<main")[1].split("</main>")[0]
    answer = chief.post(f"/calls/{call.id}/decision", data={"seen": "of an older page"})
    assert answer.status_code == 409
    assert call.state == "published"


def test_a_result_changed_meanwhile_is_shown_before_anything_is_decided(call, apply, record, chief):
    application = record(apply("白石市"), True)
    seen = seen_on(text_of(chief.get(f"/calls/{call.id}/decision")))
    record(application, False, "資金計画が不明確である。")
    answer = chief.post(f"/calls/{call.id}/decision", data={"seen": seen})
    assert answer.status_code == 409
    assert "資金計画が不明確である。" in text_of(answer)
    assert "エラー：" in text_of(answer).split("</title>")[0]
    assert call.state == "published"
    assert (
        chief.post(f"/calls/{call.id}/decision", data={"seen": seen_on(text_of(answer))}).status_code == 302
    )
    assert call.state == "decided"


def test_a_second_director_is_told_who_decided(call, apply, record, director, at, sign_in_as):
    record(apply("白石市"), True)
    second, _ = sign_in_as("director")
    seen = seen_on(text_of(second.get(f"/calls/{call.id}/decision")))
    operations.decide(call, actor=director, at=at)
    page = said_after(second, second.post(f"/calls/{call.id}/decision", data={"seen": seen}))
    assert director.name in page
    assert "二重に決定されてはいません" in page
    assert len(letters_of()) == 1


def test_an_officer_cannot_decide_and_a_director_cannot_record(call, apply, office, chief):
    application = apply("白石市")
    assert office.get(f"/calls/{call.id}/decision").status_code == 403
    assert chief.get(f"/applications/{application.id}/result").status_code == 403


def test_the_announcement_is_confirmed_queued_once_and_done_by_the_worker(
    call, apply, record, director, at, office
):
    record(apply("白石市"), True)
    record(apply("角田市"), False)
    operations.decide(call, actor=director, at=at)
    page = text_of(office.get(f"/calls/{call.id}/announcement"))
    assert "白石市" in page
    first = office.post(f"/calls/{call.id}/announcement").headers["Location"]
    assert office.post(f"/calls/{call.id}/announcement").headers["Location"] == first
    work = db.session.scalars(select(Work)).one()
    assert first == f"/work/{work.id}"
    assert office.get(first).status_code == 200
    assert call.state == "decided", "nothing happens inside the request"
    run_next(brought("work"), at)
    done = db.session.get_one(Work, work.id, populate_existing=True)
    assert (done.error, done.finished_at is not None) == ("", True)
    assert db.session.get_one(Call, call.id).state == "announced"
    assert db.session.scalars(select(Project)).one().title
    assert "公表済み" in text_of(office.get(f"/calls/{call.id}/selection"))
    again = said_after(office, office.post(f"/calls/{call.id}/announcement"))
    assert "既に公表" in again


def test_a_call_that_is_not_decided_offers_no_announcement(call, apply, office):
    apply("白石市")
    page = said_after(office, office.get(f"/calls/{call.id}/announcement"))
    assert "まだ決定されていません" in page
    office.post(f"/calls/{call.id}/announcement")
    assert db.session.scalar(select(Work)) is None


def test_each_role_is_told_what_waits_for_it(app, call, apply, record, officer, director, at):
    def waits_for(actor) -> list[str]:
        with app.test_request_context():
            return [task.url.split("?")[0] for task in tasks(actor, at)]

    assert waits_for(officer) == []
    application = apply("白石市", "accepted")
    assert waits_for(officer) == [f"/calls/{call.id}/selection"]
    operations.start_review(application, actor=officer, at=at)
    assert waits_for(officer) == [f"/calls/{call.id}/selection"]
    assert waits_for(director) == []
    record(application, True)
    assert waits_for(director) == [f"/calls/{call.id}/decision"]
    operations.decide(call, actor=director, at=at)
    assert waits_for(officer) == waits_for(director) == [f"/calls/{call.id}/announcement"]
    assert waits_for(factories.tenure("municipality_approver")) == []


def test_what_is_missing_is_counted_per_cause_and_leads_to_those_it_counts(call, apply, record, office):
    for number in range(12):
        apply(f"未確認{number}市", "submitted")
    for number in range(3):
        apply(f"受理{number}市", "accepted")
    apply("審査中市")
    record(apply("結果市"), True)
    page = text_of(office.get(f"/calls/{call.id}/selection"))
    missing = page[page.index("決定までに必要なこと") : page.index('<section class="filters"')]
    assert missing.count("<li>") == 3, "one line a cause, not one an application"
    counted = re.findall(r'<a href="([^"]+)">申請(\d+)件</a>', unescape(missing))
    assert counted == [
        (f"/applications?call={call.id}&state=submitted", "12"),
        (f"/calls/{call.id}/selection?state=accepted", "3"),
        (f"/calls/{call.id}/selection?state=under_review", "1"),
    ]
    for address, count in counted:
        shown = text_of(office.get(address))
        assert len(set(re.findall(r'href="/applications/(\d+)\?list', shown))) == int(count)


def test_the_last_instant_for_the_corrections_is_told_with_their_count(app, call, apply, office, move_clock):
    for name in ("白石市", "角田市"):
        apply(name, "returned")
    move_clock(datetime(2023, 2, 21, 10, 0, tzinfo=JST))
    missing = text_of(office.get(f"/calls/{call.id}/selection")).split('<section class="filters"')[0]
    assert "2件</a>" in missing and "期限：令和5年2月27日（月）10時" in missing
    assert "募集期間中" in missing  # the call itself is still open, and has no list


def test_what_lapsed_is_counted_apart_and_does_not_hold_up_the_decision(call, apply, record, office, at):
    record(apply("白石市"), True)
    lapsed = [apply(name, "lapsed") for name in ("角田市", "登米市")]
    overdue = apply("栗原市", "returned")  # the day's job has not said so yet
    page = unescape(text_of(office.get(f"/calls/{call.id}/selection")))
    assert "決定までに必要なこと" not in page
    listed = text_of(office.get(re.search(r'<a href="([^"]+)">申請3件</a>', page)[1]))
    table = listed[listed.index("<tbody") : listed.index("</tbody>")]
    assert [str(it.number) in table for it in (*lapsed, overdue)] == [True] * 3
    assert table.count("<tr") == 3


def test_after_each_result_the_list_comes_back_as_it_was_filtered(call, apply, office):
    for name in ("白石市", "角田市"):
        apply(name)
    waiting = apply("登米市", "accepted")
    address = f"/calls/{call.id}/selection?state=under_review&sort=-number"
    page = unescape(text_of(office.get(address)))
    form = re.search(r'href="(/applications/\d+/result[^"]*)"', page)[1]
    opened = unescape(text_of(office.get(form)))
    assert f'href="{address}"' in opened
    answer = office.post(form, data={"result": "yes", "reasons": "先導性が高い。", "version": "0"})
    assert answer.headers["Location"] == address
    address = f"/calls/{call.id}/selection?state=accepted"
    page = unescape(text_of(office.get(address)))
    put = re.search(r'action="(/applications/\d+/review[^"]*)"', page)[1]
    assert office.post(put).headers["Location"] == address
    assert waiting.state == "under_review"
