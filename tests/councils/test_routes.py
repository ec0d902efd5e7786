"""The council's page, and the page behind a member's link."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from app.calendar import JST
from app.correspondence.models import Mail
from app.councils import operations
from app.councils.models import Council, Meeting, Membership
from app.councils.tasks import tasks
from app.db import db
from app.history import HistoryEntry
from app.organisations import links
from app.schedule.reminders import start_from
from tests import factories
from tests.correspondence.common import as_received
from tests.reading import text_of

FILLED = {
    "organisation_name": "北海道運輸局",
    "post": "交通企画課長",
    "person_name": "見本 太郎",
    "role": "会長",
    "mailbox": "ｋｏｔｓｕ@example.jp",
    "reply_by": "R5.3.1",
}


@pytest.fixture
def project(app):
    return factories.project([factories.organisation("岩見沢市")])


@pytest.fixture
def council(project) -> Council:
    return factories.council(project)


@pytest.fixture
def link(council):
    """A member's path, as the mail has it."""
    membership = factories.membership(council, mailbox="kotsu@example.jp")
    token = links.token_of(operations.new_link(membership))
    db.session.commit()
    return f"/c/{token}"


def the_member() -> Membership:
    return db.session.scalars(select(Membership)).one()


def test_a_municipality_forms_its_council_and_asks_a_member(sign_in_as, project):
    client, _ = sign_in_as("municipality_editor", project.lead)
    page = text_of(client.get(f"/projects/{project.id}/council"))
    assert "協議会は未設置です" in page and 'value="岩見沢市地域実装協議会"' in page
    answer = client.post(f"/projects/{project.id}/council", data={"name": "岩見沢市地域実装協議会"})
    assert answer.headers["Location"] == f"/projects/{project.id}/council"
    council = db.session.scalars(select(Council)).one()
    answer = client.post(f"/councils/{council.id}/members", data=FILLED)
    assert answer.headers["Location"] == f"/projects/{project.id}/council"
    member = the_member()
    assert (member.mailbox, member.reply_by, member.role) == ("kotsu@example.jp", date(2023, 3, 1), "会長")
    page = text_of(client.get(f"/projects/{project.id}/council"))
    assert "北海道運輸局 交通企画課長 見本 太郎 に就任を依頼（会長）" in page
    assert "kotsu@example.jp" in page


def test_an_empty_member_form_names_each_fault_and_a_refused_one_keeps_what_was_typed(sign_in_as, council):
    client, _ = sign_in_as("officer")
    page = client.post(f"/councils/{council.id}/members", data={"reply_by": ""})
    assert page.status_code == 422
    for field in ("organisation_name", "post", "mailbox", "reply_by"):
        assert f'href="#{field}"' in text_of(page)
    page = client.post(
        f"/councils/{council.id}/members", data={**FILLED, "mailbox": "運輸局", "reply_by": "2023-02-01"}
    )
    assert page.status_code == 422
    assert 'value="運輸局"' in text_of(page) and 'value="北海道運輸局"' in text_of(page)
    assert 'id="mailbox-error"' in text_of(page) and "この日付は既に過ぎています" in text_of(page)
    assert db.session.scalar(select(Membership)) is None


def test_the_same_mailbox_twice_is_told_at_the_field(sign_in_as, council):
    client, _ = sign_in_as("officer")
    factories.membership(council, mailbox="kotsu@example.jp")
    page = client.post(f"/councils/{council.id}/members", data=FILLED)
    assert page.status_code == 422
    assert "この協議会について既に依頼しています" in text_of(page) and 'href="#mailbox"' in text_of(page)
    assert the_member().mailbox == "kotsu@example.jp"


def test_a_second_council_is_told_and_not_made(sign_in_as, council):
    client, _ = sign_in_as("officer")
    answer = client.post(
        f"/projects/{council.project_id}/council", data={"name": "もう一つ"}, follow_redirects=True
    )
    assert "この事業には既に協議会があります" in text_of(answer)
    assert db.session.scalars(select(Council.name)).all() == [council.name]


def test_another_municipality_does_not_find_the_council(sign_in_as, council):
    membership = factories.membership(council)
    client, _ = sign_in_as("municipality_approver")
    assert client.get(f"/projects/{council.project_id}/council").status_code == 404
    assert client.post(f"/projects/{council.project_id}/council", data={"name": "x"}).status_code == 404
    assert client.post(f"/councils/{council.id}/members", data=FILLED).status_code == 404
    assert client.post(f"/memberships/{membership.id}/request", data={}).status_code == 404
    assert client.post(f"/councils/{council.id}/activation").status_code == 404


def test_a_director_and_a_ministry_read_the_council_and_do_not_manage_it(sign_in_as, council):
    factories.membership(council)
    for role in ("director", "ministry_officer"):
        client, _ = sign_in_as(role)
        page = text_of(client.get(f"/projects/{council.project_id}/council"))
        assert "見本大学" in page and "構成員を登録" not in page
        assert client.get(f"/councils/{council.id}/members").status_code == 403


def test_the_roster_is_filtered_and_downloaded_as_shown(sign_in_as, council, at):
    factories.membership(council, organisation_name="=北海道運輸局", state="agreed", answered_at=at)
    factories.membership(council, organisation_name="見本大学")
    client, _ = sign_in_as("officer")
    path = f"/projects/{council.project_id}/council"
    lines = text_of(client.get(f"{path}?state=agreed&format=csv")).splitlines()
    assert lines[0].lstrip("\ufeff").startswith("組織,役職,氏名,役割,メールアドレス,状態,回答期限,回答日時")
    assert len(lines) == 2 and lines[1].startswith("'=北海道運輸局,教授")
    book = load_workbook(io.BytesIO(client.get(f"{path}?format=xlsx").get_data()))
    assert [row[0].value for row in book.active.rows][1:] == ["=北海道運輸局", "見本大学"]
    assert {row[0].data_type for row in book.active.rows} == {"s"}  # a text, which no spreadsheet computes


def test_the_council_page_asks_the_database_as_often_for_thirty_members_as_for_one(sign_in_as, council):
    client, _ = sign_in_as("officer")
    path = f"/projects/{council.project_id}/council"
    counts = []
    for more in (1, 29):
        for _ in range(more):
            factories.membership(council)
        db.session.commit()
        client.get(path)  # once for what is remembered from then on
        counts.append(_queries(lambda: client.get(path)))
    assert counts[0] == counts[1] <= 8


def _queries(act) -> int:
    seen = []
    listen = lambda *args: seen.append(args[2])
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len([statement for statement in seen if not statement.startswith("BEGIN")])


def test_a_council_is_set_up_by_its_button_once_somebody_agreed(sign_in_as, council, at):
    client, _ = sign_in_as("officer")
    path = f"/projects/{council.project_id}/council"
    assert f"/councils/{council.id}/activation" not in text_of(client.get(path))
    answer = client.post(f"/councils/{council.id}/activation", follow_redirects=True)
    assert "1名以上承諾すると" in text_of(answer)
    factories.membership(council, state="agreed", answered_at=at)
    assert f"/councils/{council.id}/activation" in text_of(client.get(path))
    client.post(f"/councils/{council.id}/activation")
    db.session.refresh(council)
    assert council.state == "active"
    assert client.post(f"/councils/{council.id}/activation").status_code == 409


def test_a_meeting_is_recorded_and_one_to_come_is_refused(sign_in_as, council):
    client, _ = sign_in_as("municipality_approver", council.project.lead)
    path = f"/councils/{council.id}/meetings"
    answer = client.post(path, data={"held_on": "R5.2.16", "place": "市役所"})
    assert answer.status_code == 422
    assert "会議は開催後に記録してください" in text_of(answer) and 'value="市役所"' in text_of(answer)
    assert client.post(path, data={"held_on": "令和5年2月10日", "place": "市役所"}).status_code == 302
    again = client.post(path, data={"held_on": "2023-02-10", "place": ""})
    assert "この日の会議は既に記録されています" in text_of(again)
    assert db.session.scalars(select(Meeting.held_on)).all() == [date(2023, 2, 10)]


def test_opening_the_link_shows_what_is_asked_and_uses_nothing_up(client, council, link):
    for _ in range(2):
        answer = client.get(link)
        assert answer.status_code == 200
        for words in (council.name, council.project.title, "構成員", "令和9年3月31日", "見本市 企画課"):
            assert words in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert the_member().state == "asked"


def test_a_member_agrees_without_an_account_and_sees_it_confirmed(client, link):
    answer = client.post(
        link, data={"answer": "agree", "note": "よろしくお願いします。"}, follow_redirects=True
    )
    assert "就任を承諾いただきました" in text_of(answer) and "よろしくお願いします。" in text_of(answer)
    assert "御回答を受け付けました" in text_of(answer)
    member = the_member()
    assert (member.state, member.answer_note) == ("agreed", "よろしくお願いします。")
    assert [entry.event for entry in db.session.scalars(HistoryEntry.of(member))] == ["agree"]


def test_an_answer_without_a_choice_is_asked_for_and_the_note_is_kept(client, link):
    answer = client.post(link, data={"note": "検討中です。"})
    assert answer.status_code == 422
    assert "承諾又は辞退のどちらかを選んでください" in text_of(answer) and "検討中です。" in text_of(answer)
    assert 'href="#answer-0"' in text_of(answer)
    assert the_member().state == "asked"


def test_a_link_used_twice_tells_what_was_answered_and_changes_nothing(client, link):
    client.post(link, data={"answer": "decline"})
    again = client.post(link, data={"answer": "agree"})
    assert again.status_code == 409
    assert "御辞退の回答をいただきました" in text_of(again) and "最初の回答が有効" in text_of(again)
    opened = client.get(link)
    assert opened.status_code == 200 and "御辞退の回答をいただきました" in text_of(opened)
    assert the_member().state == "declined"


def test_an_expired_link_says_whom_to_contact_and_the_office_gets_a_task(
    client, link, council, move_clock, app
):
    secretariat = factories.tenure("municipality_approver", council.project.lead)
    officer = factories.tenure("officer")
    expires_at = the_member().link_expires_at
    assert client.get(link).status_code == 200
    move_clock(expires_at)
    answer = client.get(link)
    assert answer.status_code == 410
    assert "回答期限を過ぎています" in text_of(answer)
    assert secretariat.seat.mailbox in text_of(answer) and council.programme.contact_address in text_of(
        answer
    )
    assert client.post(link, data={"answer": "agree"}).status_code == 410
    assert the_member().state == "asked"
    with app.test_request_context():
        found = [task for task in tasks(officer, expires_at) if "改めて依頼" in task.title]
    assert [(task.about, task.due) for task in found] == [(council.name, date(2023, 2, 24))]
    assert found[0].url == f"/memberships/{the_member().id}/request"


def test_a_link_that_was_replaced_points_to_the_newer_mail(client, link, sign_in_as):
    officer, _ = sign_in_as("officer")
    path = f"/memberships/{the_member().id}/request"
    page = text_of(officer.get(path))
    assert 'value="kotsu@example.jp"' in page
    assert officer.post(path, data={"mailbox": "kotsu@example.jp", "reply_by": "R5.3.10"}).status_code == 302
    answer = client.get(link)
    assert answer.status_code == 410 and "新しいリンクをお送りしています" in text_of(answer)
    newest = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert newest is not None
    (token,) = re.findall(r"/c/([\w-]+)", as_received(newest))
    assert client.get(f"/c/{token}").status_code == 200


@pytest.mark.parametrize("past", ["2023-02-14", "R5.2.1", "令和4年12月28日", "H31.4.30"])
def test_a_day_to_reply_by_in_the_past_is_refused_in_words_when_asking_again(link, sign_in_as, past):
    officer, _ = sign_in_as("officer")
    member = the_member()
    before, mails = member.reply_by, db.session.scalars(select(Mail.id)).all()
    page = officer.post(
        f"/memberships/{member.id}/request", data={"mailbox": "kotsu@example.jp", "reply_by": past}
    )
    assert page.status_code == 422
    assert 'href="#reply_by"' in text_of(page) and "この日付は既に過ぎています" in text_of(page)
    assert f'value="{past}"' in text_of(page), "what was typed is kept"
    assert (the_member().reply_by, db.session.scalars(select(Mail.id)).all()) == (before, mails)


@pytest.mark.parametrize("token", ["nonsense", "あ", "x" * 3000])
def test_a_link_that_never_was_says_so_kindly(client, token):
    answer = client.get(f"/c/{token}")
    assert answer.status_code == 404
    assert "このリンクは無効です" in text_of(answer)


def test_a_password_link_opens_no_council(client, council):
    membership = factories.membership(council)
    token = links.token_of(links.make("password", membership.id, expires_at=datetime(2030, 1, 1, tzinfo=JST)))
    assert client.get(f"/c/{token}").status_code == 404


def test_a_link_of_a_project_that_is_over_says_so(client, link, council):
    council.project.state = "ended"  # as the move on 1 April leaves it
    answer = client.get(link)
    assert answer.status_code == 410 and "この事業への支援は終了しました" in text_of(answer)


def test_a_token_of_a_page_open_too_long_keeps_a_members_answer_and_asks_for_no_sign_in(app, client, link):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(link, data={"answer": "agree", "note": "承知しました。", "csrf_token": "stale"})
    assert answer.status_code == 400
    assert "承知しました。" in text_of(answer)
    assert the_member().state == "asked"


def test_tasks_tell_the_municipality_to_form_a_council_and_the_office_when_it_is_late(app, at):
    start_from(date(2022, 1, 1))
    fresh = factories.project(opened_on=date(2023, 2, 10))
    late = factories.project(opened_on=date(2022, 12, 15))
    factories.project(opened_on=date(2020, 9, 1))  # before the office began with this system
    with_council = factories.council(factories.project(opened_on=at.date() - timedelta(days=91))).project
    met = factories.council(factories.project(opened_on=at.date() - timedelta(days=91)))
    db.session.add(Meeting(council=met, held_on=at.date()))
    db.session.commit()
    officer = factories.tenure("officer")
    with app.test_request_context():
        assert [(task.url, task.due) for task in tasks(officer, at)] == [
            (f"/projects/{late.id}/council", date(2023, 1, 31)),
            (f"/projects/{with_council.id}/council", with_council.opened_on + timedelta(days=90)),
        ]
        editor = factories.tenure("municipality_editor", fresh.lead)
        (own,) = tasks(editor, at)
        assert (own.url, own.due) == (f"/projects/{fresh.id}/council", date(2023, 3, 31))
        assert tasks(factories.tenure("director"), at) == []
