"""Pages of consultants: let in by the approver's form, at work in one application, and out again; the office sees nothing."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import url_for
from sqlalchemy import select

from app import calendar, security
from app.applications.delegation_models import Delegation
from app.applications.models import Application
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.organisations import passwords
from app.organisations.sign_in_models import SignInSession
from app.permissions import APPROVER, CONSULTANT, EDITOR, OFFICER, PERMISSIONS, PUBLIC
from app.web.access import declared_permission
from app.web.keeping import KeptEntries
from tests import factories
from tests.conventions.looking import Everything, differences, look_round
from tests.factories.applications import holder
from tests.reading import page_at, text_of

FORM = {
    "name": "見本 八重",
    "company": "見本コンサルティング株式会社",
    "email": "yae@example.jp",
    "until": "令和5年3月17日",
    "purpose": "予算の表の下書き",
}
AFTER = datetime(2023, 3, 18, 9, 0, tzinfo=JST)


@pytest.fixture
def draft(app):
    return factories.application("draft")


@pytest.fixture
def approver(draft, sign_in_as):
    return sign_in_as(tenure=holder(APPROVER, draft.organisation))[0]


@pytest.fixture
def delegation(draft):
    return factories.delegation(draft, until=date(2023, 3, 17), name="見本 八重")


@pytest.fixture
def consultant(delegation, sign_in_as):
    return sign_in_as(tenure=delegation.seat.tenures[0])[0]


def asking(application):
    return f"/applications/{application.id}/consultants"


def test_the_approver_lets_in_and_the_editor_sees_who_is_in(draft, approver, sign_in_as):
    page = page_at(approver, f"/applications/{draft.id}")
    assert asking(draft) in page and "団体の外に、この申請を見たり" in page
    assert 'value="2023-03-17"' in approver.get(asking(draft)).get_data(
        as_text=True
    )  # the day of the deadline
    answer = approver.post(asking(draft), data=FORM, follow_redirects=True)
    assert "見本 八重さんは、令和5年3月17日（金）までこの申請を編集できます" in text_of(answer)
    [made] = db.session.scalars(select(Delegation))
    editor, _ = sign_in_as(tenure=holder(EDITOR, draft.organisation))
    page = page_at(editor, f"/applications/{draft.id}")
    assert "見本 八重（見本コンサルティング株式会社）" in page and asking(draft) not in page
    assert "予算の表の下書き" in page  # the history tells it to the body
    case = editor.get(f"/delegations/{made.id}").get_data(as_text=True)
    assert "yae@example.jp" in case and "revocation" not in case
    assert editor.get(asking(draft)).status_code == 403
    assert editor.post(f"/delegations/{made.id}/revocation").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "yae＠example", "メールアドレス"),
        ("email", "", "入力"),
        ("name", "", "入力"),
        ("name", "見本\u202e八重", "文字"),
        ("company", "社" * 81, "81"),
        ("until", "2023-02-14", "本日から令和6年2月15日までの日"),
        ("until", "令和6年2月16日", "本日から令和6年2月15日までの日"),
        ("until", "2023-02-30", "30"),
        ("until", "そのうち", "そのうち"),
        ("purpose", "長" * 501, "501"),
    ],
)
def test_a_wrong_entry_is_told_and_all_others_are_kept(draft, approver, field, value, said):
    answer = approver.post(asking(draft), data={**FORM, field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert all(text in page for key, text in FORM.items() if key != field)
    assert not db.session.scalars(select(Delegation)).all() and not db.session.scalars(select(Mail)).all()


def test_a_colleague_s_address_is_told_to_be_one(draft, approver):
    colleague = holder(EDITOR, draft.organisation)
    answer = approver.post(asking(draft), data={**FORM, "email": colleague.person.email})
    assert answer.status_code == 422
    assert f"{colleague.name}さんは貴団体の担当者で、既に編集できます。" in text_of(answer)


def test_a_second_click_leads_to_the_one_delegation_and_no_second_mail(draft, approver):
    approver.post(asking(draft), data=FORM)
    answer = approver.post(asking(draft), data=FORM)
    [made] = db.session.scalars(select(Delegation))
    assert answer.headers["Location"] == f"/delegations/{made.id}"
    assert len(db.session.scalars(select(Mail)).all()) == 1


def test_another_day_is_chosen_and_a_wrong_one_is_told(approver, delegation):
    day = f"/delegations/{delegation.id}/day"
    assert 'value="2023-03-17"' in approver.get(day).get_data(as_text=True)
    assert approver.post(day, data={"until": "2022-12-31"}).status_code == 422
    answer = approver.post(day, data={"until": "令和5年3月31日"}, follow_redirects=True)
    assert "期限を令和5年3月31日（金）に変更しました" in text_of(answer)
    assert db.session.get(Delegation, delegation.id).until == date(2023, 3, 31)


def test_on_what_is_over_there_is_nothing_to_press(approver, delegation, move_clock):
    move_clock(AFTER)
    page = page_at(approver, f"/delegations/{delegation.id}")
    assert "期間終了" in page and "revocation" not in page
    answer = approver.post(f"/delegations/{delegation.id}/day", data={"until": "2023-03-31"})
    assert answer.status_code == 409 and "改めて編集を許可してください" in text_of(answer)


def test_a_consultant_finds_the_one_application_and_until_when(consultant, draft):
    factories.application("draft", organisation=draft.organisation, title="別の申請")
    home = page_at(consultant, "/")
    assert f"/applications/{draft.id}" in home and "編集できるのは3月17日まで" in home
    assert "別の申請" not in home and "別の申請" not in page_at(consultant, "/applications")
    page = page_at(consultant, f"/applications/{draft.id}")
    assert "令和5年3月17日（金）までこの申請を編集できます。提出は" in page
    for address in ("/copy", "/consultants", "/withdrawal", "/submission"):
        assert f"/applications/{draft.id}{address}" not in page, address
    assert 'id="messages"' not in page and 'id="consultants"' not in page
    check = page_at(consultant, f"/applications/{draft.id}/check")
    assert "入力が済んだことを" in check and "approval-request" not in check
    assert f"/calls/{draft.call_id}/applications" not in page_at(consultant, f"/calls/{draft.call_id}")


def test_a_consultant_writes_attaches_and_uses_excel(consultant, draft, delegation):
    base = f"/applications/{draft.id}"
    sent = {"title": "外から書いた題名", "summary": "概要", "version": "1"}
    assert consultant.post(f"{base}/basics", data=sent).status_code == 302
    saved = consultant.post(
        f"{base}/basics",
        data={**sent, "version": "2", "title": "自動で"},
        headers={"Accept": "application/json"},
    )
    assert saved.status_code == 200
    assert db.session.get(Application, draft.id).title == "自動で"
    page = page_at(consultant, base)
    assert f"見本 八重（{delegation.company}）" in page
    assert consultant.get(f"{base}/workbook.xlsx").status_code == 200
    assert consultant.get(f"{base}/workbook").status_code == 200
    assert consultant.get(f"{base}/attachments").status_code == 200
    assert consultant.post(f"{base}/presence", data={"section": "basics"}).status_code == 200


def test_every_address_of_another_application_of_the_body_is_not_there(app, consultant, draft):
    other = factories.application("returned", organisation=draft.organisation)
    message, theirs = factories.message(other), factories.delegation(other)
    db.session.commit()
    values = {
        "application_id": other.id,
        "key": "basics",
        "question_id": 1,
        "submission_id": other.submissions[0].id,
        "attachment_id": other.attachments[0].id,
        "sha256": "0" * 64,
        "organisation_id": other.organisation_id,
        "conversation_id": message.conversation_id,
        "delegation_id": theirs.id,
    }
    asked = 0
    for rule in app.url_map.iter_rules():
        permission = str(declared_permission(app, rule.endpoint))
        of_a_case = {"application_id", "conversation_id", "delegation_id"} & rule.arguments
        if permission == PUBLIC or not of_a_case or not rule.arguments <= values.keys():
            continue
        with app.test_request_context():
            address = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
        wanted = 404 if CONSULTANT in PERMISSIONS[permission].roles else 403
        for method in {"GET", "POST"} & (rule.methods or set()):
            assert consultant.open(address, method=method).status_code == wanted, f"{method} {address}"
            asked += 1
    assert asked > 40


def test_what_is_the_body_s_own_is_refused(consultant, draft):
    base = f"/applications/{draft.id}"
    for method, address in (
        ("GET", f"/calls/{draft.call_id}/applications"),
        ("POST", f"/calls/{draft.call_id}/applications"),
        ("GET", f"{base}/copy"),
        ("POST", f"{base}/approval-request"),
        ("POST", f"{base}/submission"),
        ("POST", f"{base}/withdrawal"),
        ("GET", f"{base}/consultants"),
        ("GET", "/projects"),
        ("GET", "/letters"),
        ("GET", "/conversations"),
        ("GET", "/seats"),
    ):
        assert consultant.open(address, method=method).status_code in (403, 404), address
    assert db.session.get(Application, draft.id).state == "draft"
    assert len(db.session.scalars(select(Application)).all()) == 1


def test_what_is_typed_after_the_last_day_is_kept_and_not_stored(
    app, consultant, draft, delegation, move_clock
):
    person = delegation.seat.tenures[0].person
    person.password_hash = passwords.hashed("a long passphrase")
    db.session.commit()
    move_clock(AFTER)
    base, sent = f"/applications/{draft.id}/basics", {"title": "遅れた題名", "summary": "", "version": "1"}
    quiet = consultant.post(base, data=sent, headers={"Accept": "application/json"})
    assert quiet.status_code == 401  # the page keeps what was typed, and offers it again
    answer = consultant.post(base, data=sent, headers={"Origin": "http://localhost"})
    assert answer.headers["Location"].startswith("/sign-in")
    assert db.session.get(Application, draft.id).title != "遅れた題名"
    assert len(db.session.scalars(select(KeptEntries)).all()) == 1
    entered = app.test_client().post(
        "/sign-in", data={"email": person.email, "password": "a long passphrase"}
    )
    assert entered.status_code == 403
    body = draft.organisation.full_name
    assert f"{body}から許可された編集の期間は終わりました" in text_of(entered)


def test_revoked_every_open_window_is_closed(consultant, approver, draft, delegation):
    assert consultant.get(f"/applications/{draft.id}").status_code == 200
    approver.post(f"/delegations/{delegation.id}/revocation")
    rows = db.session.scalars(
        select(SignInSession).where(SignInSession.tenure_id == delegation.seat.tenures[0].id)
    )
    assert [row.why_ended for row in rows] == ["seat_closed"]
    assert consultant.get(f"/applications/{draft.id}").headers["Location"].startswith("/sign-in")
    sent = {"title": "遅れた題名", "summary": "", "version": "1"}
    assert consultant.post(f"/applications/{draft.id}/basics", data=sent).status_code == 302
    assert db.session.get(Application, draft.id).title != "遅れた題名"


def test_of_two_consultants_of_one_body_each_sees_their_own(draft, consultant, sign_in_as):
    second = factories.application("draft", organisation=draft.organisation, title="二つ目の申請")
    other, _ = sign_in_as(tenure=factories.delegation(second).seat.tenures[0])
    for _ in range(2):  # what is kept in memory for one is not shown to the other
        for client, own, not_own in ((consultant, draft, second), (other, second, draft)):
            for address in ("/", "/applications"):
                page = page_at(client, address)
                assert f"/applications/{own.id}" in page and f"/applications/{not_own.id}" not in page, (
                    address
                )


def test_the_office_and_all_others_read_what_they_read_before(app, sign_in_as, monkeypatch):
    monkeypatch.setattr(
        security, "note_after", lambda *_, **__: None
    )  # that they were refused is not what is compared
    returned, draft = factories.application("returned"), factories.application("draft")
    delegations = [
        factories.delegation(factories.application("draft"))
    ]  # of another body: its page is asked for, too
    for application in (returned, draft):
        holder(APPROVER, application.organisation)
    db.session.commit()
    everything = Everything()
    tenures = [holder(OFFICER), *map(factories.tenure, ("reviewer", "ministry_officer", EDITOR, APPROVER))]
    clients = [(it.role, sign_in_as(tenure=it)[0]) for it in tenures]

    def see():
        return {role: look_round(app, client, role, everything, lists=[]) for role, client in clients}

    before = see()
    for application in (returned, draft):
        delegations.append(factories.delegation(application))
        actor = delegations[-1].seat.tenures[0]
        factories.save_basics(
            application, title="外で書いた", summary="外", version=1, actor=actor, at=calendar.now()
        )
    db.session.commit()
    after = see()
    told = {role: differences(before[role], after[role]) for role in before}
    # whoever runs the outbox sees that mails went out, and to whom: not what they say
    outbox = told["officer"].pop("/mails")
    assert outbox and all(it.company not in after["officer"]["/mails"] for it in delegations)
    assert told == {role: {} for role in before}
    mail = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    officer = clients[0][1]
    assert mail.body.splitlines()[2] not in page_at(officer, f"/mails/{mail.id}")
    assert officer.get(f"/delegations/{delegations[-1].id}").status_code == 403
