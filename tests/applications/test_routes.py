"""Handing in and checking in the browser, the list, the case, and what stays within the office."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import event

from app.applications.models import Application
from app.calendar import JST
from app.db import db
from app.lifecycle import APPLICATION
from app.web.i18n import CATALOGUE
from tests import factories
from tests.factories.applications import PDF, holder
from tests.reading import as_it_reads_now, events, text_of

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)


def seen_on(client, address) -> str:
    return re.search(r'name="seen" type="hidden" value="(\w+)"', text_of(client.get(address))).group(1)


@pytest.fixture
def application(app):
    return factories.application(call=factories.call(code="R5", closes_at=CLOSES))


@pytest.fixture
def editor(application, sign_in_as):
    return sign_in_as(tenure=holder("municipality_editor", application.organisation))[0]


@pytest.fixture
def approver(application, sign_in_as):
    return sign_in_as(tenure=holder("municipality_approver", application.organisation))[0]


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


def submit(client, application):
    address = f"/applications/{application.id}/submission"
    return client.post(address, data={"seen": seen_on(client, address)})


def test_the_check_page_shows_every_answer_with_a_link_to_change_it(application, editor):
    shown = text_of(editor.get(f"/applications/{application.id}/check"))
    question = factories.own_questions(application.call)[0]
    for text in ("雪道の見守りドローン", "AI、ドローン", "地域の課題についての回答", "計画.pdf"):
        assert text in shown
    for path in ("basics", "technologies", "joint-applicants", f"answers/{question.id}", "attachments"):
        assert f'href="/applications/{application.id}/{path}"' in shown
    assert "決裁者" in shown


def test_the_editor_hands_over_and_takes_back(application, editor, approver):
    assert editor.post(f"/applications/{application.id}/approval-request").status_code == 302
    waiting = text_of(approver.get(f"/applications/{application.id}"))
    assert f'href="/applications/{application.id}/submission"' in waiting
    assert f'href="/applications/{application.id}/basics"' not in waiting
    for client, offered in ((approver, False), (editor, True)):
        shown = text_of(client.get(f"/applications/{application.id}/check"))
        assert (f'action="/applications/{application.id}/drafting"' in shown) is offered
    assert approver.post(f"/applications/{application.id}/drafting").status_code == 403
    assert editor.post(f"/applications/{application.id}/drafting").status_code == 302
    assert events(db.session.get(Application, application.id))[:2] == ["take_back", "hand_over"]


def test_the_approver_submits_and_sees_number_second_and_hashes(application, approver):
    answer = submit(approver, application)
    assert answer.headers["Location"] == f"/applications/{application.id}/receipt"
    receipt = text_of(approver.get(answer.headers["Location"]))
    saved = db.session.get(Application, application.id)
    for text in (
        "R5-0001",
        "令和5年2月15日（水）10時0分0秒",
        hashlib.sha256(PDF).hexdigest(),
        saved.submissions[0].sha256,
    ):
        assert text in receipt
    assert events(saved)[0] == "submit"


def test_anybody_can_take_the_hash_of_a_submission_again(application, approver):
    submit(approver, application)
    handed_in = db.session.get(Application, application.id).last_submission
    got = approver.get(f"/applications/{application.id}/submissions/{handed_in.id}.json")
    assert hashlib.sha256(got.data).hexdigest() == handed_in.sha256
    assert json.loads(got.data)["number"] == "R5-0001"
    assert got.headers["Content-Disposition"].startswith("attachment")


def test_what_is_missing_is_listed_with_links_and_nothing_is_handed_in(sign_in_as):
    empty = factories.application(complete=False)
    client, _ = sign_in_as(tenure=holder("municipality_approver", empty.organisation))
    for path in ("submission", "approval-request"):
        answer = client.post(f"/applications/{empty.id}/{path}", data={"seen": ""})
        assert answer.status_code == 422
        assert text_of(answer).split("<title>")[1].startswith("エラー：")
        assert f'href="/applications/{empty.id}/basics#title"' in text_of(answer)
        assert f'href="/applications/{empty.id}/technologies#technologies-0"' in text_of(answer)
        assert f'href="/applications/{empty.id}/joint-applicants#joint_applicants_complete"' in text_of(
            answer
        )
    assert db.session.get(Application, empty.id).state == "draft"


def test_every_link_of_the_error_summary_leads_to_a_field(sign_in_as):
    empty = factories.application(complete=False)
    client, _ = sign_in_as(tenure=holder("municipality_approver", empty.organisation))
    refused = text_of(client.post(f"/applications/{empty.id}/submission"))
    links = re.findall(r'<li><a href="(/applications/[^"#]+)#([^"]+)"', refused)
    assert len(links) == 6
    for address, anchor in links:
        assert f'id="{anchor}"' in text_of(client.get(address)), (address, anchor)


def test_a_submission_at_the_closing_instant_is_refused_and_what_was_entered_is_kept(
    application, approver, move_clock
):
    seen = seen_on(approver, f"/applications/{application.id}/submission")
    move_clock(CLOSES)
    answer = approver.post(f"/applications/{application.id}/submission", data={"seen": seen})
    assert answer.status_code == 422
    assert "令和5年3月17日（金）12時" in text_of(answer) and "入力内容は保存されています" in text_of(answer)
    assert "募集の提出期限を過ぎたため" in text_of(approver.get(f"/applications/{application.id}"))
    saved = db.session.get(Application, application.id)
    assert (saved.state, saved.title, saved.submissions) == ("draft", "雪道の見守りドローン", [])


def test_a_second_submission_shows_the_receipt_of_the_first(application, approver):
    submit(approver, application)
    again = approver.post(f"/applications/{application.id}/submission", follow_redirects=True)
    assert "既に提出されています" in text_of(again) and "R5-0001" in text_of(again)
    assert len(db.session.get(Application, application.id).submissions) == 1


def test_what_an_editor_saved_while_the_approver_read_is_shown_before_it_is_submitted(
    application, approver, editor
):
    seen = seen_on(approver, f"/applications/{application.id}/submission")
    question = factories.own_questions(application.call)[0]
    editor.post(
        f"/applications/{application.id}/answers/{question.id}",
        data={"version": "1", "text": "差し替えた回答"},
    )
    answer = approver.post(f"/applications/{application.id}/submission", data={"seen": seen})
    assert answer.status_code == 422 and "差し替えた回答" in text_of(answer)
    assert db.session.get(Application, application.id).state == "draft"


def test_an_editor_cannot_submit(application, editor):
    assert editor.get(f"/applications/{application.id}/submission").status_code == 403
    assert editor.post(f"/applications/{application.id}/submission").status_code == 403


def test_the_office_sees_a_draft_only_once_it_is_submitted(application, approver, officer):
    assert officer.get(f"/applications/{application.id}").status_code == 404
    submit(approver, application)
    shown = text_of(officer.get(f"/applications/{application.id}"))
    assert "R5-0001" in shown and "地域の課題についての回答" in shown


def test_the_office_reads_what_was_submitted_and_not_what_is_being_corrected(sign_in_as, officer):
    application = factories.application("returned")
    client, _ = sign_in_as(tenure=holder("municipality_editor", application.organisation))
    client.post(
        f"/applications/{application.id}/basics",
        data={"version": "1", "title": "直しかけの題", "summary": "途中"},
    )
    shown = text_of(officer.get(f"/applications/{application.id}"))
    assert "雪道の見守りドローン" in shown and "直しかけの題" not in shown
    assert "直しかけの題" not in text_of(officer.get("/applications"))


def test_a_submitted_file_is_downloaded_from_the_submission_even_when_it_was_removed_since(
    sign_in_as, officer
):
    application = factories.application("returned")
    handed_in, file = application.submissions[0], application.attachments[0]
    client, _ = sign_in_as(tenure=holder("municipality_editor", application.organisation))
    client.post(f"/applications/{application.id}/attachments/{file.id}/removal")
    at = f"/applications/{application.id}/submissions/{handed_in.id}/files"
    got = officer.get(f"{at}/{hashlib.sha256(PDF).hexdigest()}")
    assert got.data == PDF and got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert officer.get(f"{at}/{'0' * 64}").status_code == 404


def test_an_officer_accepts(sign_in_as, officer):
    application = factories.application("submitted")
    assert officer.post(f"/applications/{application.id}/acceptance").status_code == 302
    saved = db.session.get(Application, application.id)
    assert (saved.state, events(saved)[0]) == ("accepted", "accept")
    again = officer.post(f"/applications/{application.id}/acceptance")
    assert (
        again.status_code == 409 and events(db.session.get(Application, application.id)).count("accept") == 1
    )


def test_an_officer_returns_with_reasons_by_question_and_the_applicant_sees_them_there(
    sign_in_as, officer, move_clock, at
):
    application = factories.application("submitted")
    address = f"/applications/{application.id}/correction-request"
    question = factories.own_questions(application.call)[0]
    assert f'name="defect-answers-{question.id}"' in text_of(officer.get(address))
    data = {
        "defect-summary": "実施地域を加えてください。",
        f"defect-answers-{question.id}": "根拠を示してください。",
        "due_at": "令和5年3月31日（金）17時",
    }
    assert officer.post(address, data=data).status_code == 302
    saved = db.session.get(Application, application.id)
    assert saved.correction_due_at == datetime(2023, 3, 31, 17, 0, tzinfo=JST)
    client, _ = sign_in_as(tenure=holder("municipality_editor", application.organisation))
    tasks = text_of(client.get(f"/applications/{application.id}"))
    assert "実施地域を加えてください。" in tasks and tasks.count("要補正") == 2
    assert "根拠を示してください。" in text_of(
        client.get(f"/applications/{application.id}/answers/{question.id}")
    )
    version = saved.version_of("basics")
    move_clock(at + timedelta(minutes=5))
    client.post(
        f"/applications/{application.id}/basics",
        data={"version": version, "summary": "市全域"},
    )
    assert text_of(client.get(f"/applications/{application.id}")).count("要補正") == 1


@pytest.mark.parametrize(
    ("data", "link"),
    [
        ({"due_at": "2023-03-31 17:00"}, "少なくとも一つ"),
        ({"defect-summary": "理由"}, 'href="#due_in-0"'),
        ({"defect-summary": "理由", "due_at": "2023-02-01 17:00"}, 'href="#due_at"'),
        ({"defect-summary": "理由", "due_at": "令和5年13月1日 正午"}, 'href="#due_at"'),
        ({"defect-summary": "長" * 1001, "due_at": "2023-03-31 17:00"}, 'href="#defect-summary"'),
        ({}, 'href="#due_in-0"'),
    ],
)
def test_a_return_without_what_it_needs_keeps_what_was_typed(officer, data, link):
    application = factories.application("submitted")
    answer = officer.post(f"/applications/{application.id}/correction-request", data=data)
    assert answer.status_code == 422
    for text in (link, *data.values()):
        assert text in text_of(answer)
    assert db.session.get(Application, application.id).state == "submitted"


def test_what_is_not_with_the_office_is_not_returned(officer):
    application = factories.application("under_review")
    at = f"/applications/{application.id}/correction-request"
    assert officer.get(at).status_code == 409
    assert officer.post(at, data={"defect-summary": "x", "due_at": "2023-03-31 17:00"}).status_code == 409
    assert officer.get(f"{at}/due").status_code == 409


def test_a_correction_is_told_and_resubmitted_after_the_call_has_closed(sign_in_as, officer, move_clock, at):
    call = factories.call(code="R5", closes_at=CLOSES)
    application = factories.application("returned", call=call, at=CLOSES - timedelta(days=1))
    move_clock(CLOSES + timedelta(days=1))
    body = application.organisation
    editor, _ = sign_in_as(tenure=holder("municipality_editor", body))
    approver, _ = sign_in_as(tenure=holder("municipality_approver", body))
    editor.post(
        f"/applications/{application.id}/basics",
        data={"version": "1", "title": "新しい題", "summary": "市全域"},
    )
    assert editor.post(f"/applications/{application.id}/approval-request").status_code == 302
    address = f"/applications/{application.id}/resubmission"
    answer = approver.post(address, data={"seen": seen_on(approver, address)})
    assert answer.headers["Location"] == f"/applications/{application.id}/receipt"
    saved = db.session.get(Application, application.id)
    assert (saved.state, saved.number, len(saved.submissions)) == ("submitted", "R5-0001", 2)
    shown = as_it_reads_now(text_of(officer.get(f"/applications/{application.id}")))
    assert "新しい題" in shown and "前回から変更" in shown and "第1回提出" in shown
    first = text_of(officer.get(f"/applications/{application.id}/submissions/{saved.submissions[0].id}"))
    assert "雪道の見守りドローン" in first and "その後、新しい内容が提出されています" in first


def test_a_resubmission_at_its_due_instant_is_refused_and_more_time_can_be_given(
    sign_in_as, officer, move_clock
):
    application = factories.application("returned")
    due = application.correction_due_at
    approver, _ = sign_in_as(tenure=holder("municipality_approver", application.organisation))
    move_clock(due)
    address = f"/applications/{application.id}/resubmission"
    assert approver.post(address).status_code == 422
    more = f"/applications/{application.id}/correction-request/due"
    refused = officer.post(more, data={"due_at": due.strftime("%Y-%m-%d %H:%M"), "reason": "大雪"})
    assert refused.status_code == 422 and "大雪" in text_of(refused)
    later = (due + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    assert officer.post(more, data={"due_at": later, "reason": "大雪のため"}).status_code == 302
    assert approver.post(address).status_code == 302
    saved = db.session.get(Application, application.id)
    assert events(saved)[:2] == ["resubmit", "extend_correction"]


def test_a_withdrawal_needs_its_reason(application, approver, officer):
    submit(approver, application)
    at = f"/applications/{application.id}/withdrawal"
    empty = approver.post(at, data={"reason": " "})
    assert empty.status_code == 422 and 'href="#reason"' in text_of(empty)
    assert approver.post(at, data={"reason": "計画の見直しのため"}).status_code == 302
    assert "計画の見直しのため" in text_of(officer.get(f"/applications/{application.id}"))
    assert db.session.get(Application, application.id).state == "withdrawn"


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_an_applicant_sees_nothing_of_a_provisional_result(sign_in_as, locale):
    call = factories.call()
    body = factories.organisation()
    reviewed = factories.application("under_review", call=call, organisation=body, title="同じ題")
    decided = factories.application("provisional", call=call, organisation=body, title="同じ題")
    client, _ = sign_in_as(tenure=holder("municipality_approver", body))
    client.get(f"/language/{locale}")

    def told(path: str, application) -> str:
        text = text_of(client.get(path.format(application.id)))
        own = {str(application.number): "N", f"/applications/{application.id}": "/A"}
        own |= {f"submissions/{one.id}": "S" for one in application.submissions}
        own |= {one.sha256: "H" for one in application.submissions}
        own |= {one.sha256[:12]: "H" for one in application.submissions}
        for text_of_one, same in own.items():
            text = text.replace(text_of_one, same)
        return re.sub(r'(csrf[^>]*|nonce[^>]*|content="[^"]{60,}")', "", text)

    # The two pages are the same to the letter, but for what names the one or the other.
    assert told("/applications/{}", reviewed) == told("/applications/{}", decided)
    assert told("/applications/{}/receipt", reviewed) == told("/applications/{}/receipt", decided)
    rows = client.get("/applications?format=csv").get_data(as_text=True).splitlines()[1:]
    assert len({row.split(",")[3] for row in rows}) == 1
    for state in ("under_review", "provisional"):
        listed = text_of(client.get(f"/applications?state={state}"))
        assert listed.count("同じ題</a>") == 2
    assert 'value="provisional"' not in text_of(client.get("/applications"))


def test_the_office_sees_that_a_result_is_recorded(officer):
    decided = factories.application("provisional")
    label = state_label_of("provisional")
    assert label in text_of(officer.get("/applications"))
    assert label in text_of(officer.get(f"/applications/{decided.id}"))


def state_label_of(state: str) -> str:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ja")[APPLICATION.states[state].labels["office"]].string


def test_the_list_is_filtered_by_call_state_prefecture_and_words(officer):
    first, second = factories.call(title="甲の募集"), factories.call(title="乙の募集")
    tokyo = factories.organisation("府中市", "132063", prefecture="東京都", kana="フチュウシ")
    factories.organisation("東京都", "130001", prefecture="東京都", body_kind="prefecture")
    one = factories.application("submitted", call=first, organisation=tokyo, title="東京の事業")
    factories.application("accepted", call=second, title="北の事業")
    factories.application("draft", call=second, title="下書き")
    for query, titles in (
        ("", {"東京の事業", "北の事業"}),
        (f"call={first.id}", {"東京の事業"}),
        ("state=accepted", {"北の事業"}),
        ("prefecture=東京都", {"東京の事業"}),
        ("q=ふちゅう", {"東京の事業"}),
        (f"q={one.number}", {"東京の事業"}),
        ("q=北の 事業", {"北の事業"}),
        ("q=ない&state=accepted", set()),
        ("state=draft", {"東京の事業", "北の事業"}),  # not one of the office's choices: ignored
    ):
        rows = (
            officer.get(f"/applications?{query}&format=csv").get_data().decode("utf-8-sig").splitlines()[1:]
        )
        assert {row.split(",")[2] for row in rows} == titles, query


@pytest.mark.parametrize(
    "sort", ["number", "-number", "lead", "title", "call", "state", "-received", "nonsense"]
)
def test_the_list_is_sorted_by_each_of_its_columns(officer, sort):
    for _ in range(2):
        factories.application("submitted")
    answer = officer.get(f"/applications?sort={sort}")
    assert answer.status_code == 200
    if sort != "nonsense":
        assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in text_of(answer)


@pytest.mark.parametrize("path", ["/applications", "/applications/{}"])
def test_a_page_asks_the_database_a_fixed_number_of_times(officer, path):
    call = factories.call()
    made = [factories.application("submitted", call=call, joint=[factories.organisation()]) for _ in range(2)]
    address = path.format(made[0].id)
    few = queries(lambda: officer.get(address))
    for _ in range(6):
        factories.application("submitted", call=call)
    assert queries(lambda: officer.get(address)) == few <= 18  # by a worker that has nothing in memory


def queries(act) -> int:
    asked = []

    def count(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(asked)


def test_a_municipality_lists_its_own_with_drafts_and_an_empty_list_says_what_to_do(
    application, editor, sign_in_as
):
    assert application.title in text_of(editor.get("/applications"))
    stranger, _ = sign_in_as("municipality_editor")
    empty = text_of(stranger.get("/applications"))
    assert application.title not in empty and 'href="/calls"' in empty


def test_a_sample_call_is_marked_on_every_page(sign_in_as):
    application = factories.application(call=factories.call(is_sample=True))
    client, _ = sign_in_as(tenure=holder("municipality_editor", application.organisation))
    for path in ("", "/check"):
        assert "見本：" in text_of(client.get(f"/applications/{application.id}{path}"))
