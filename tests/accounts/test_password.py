"""Passwords: asked for by mail, set by a link, changed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.organisations import operations, passwords, sign_in
from tests import factories
from tests.correspondence.common import as_received

NEW = "correct horse battery"
TWICE = {"new_password": NEW, "new_password_again": NEW}


@pytest.fixture
def person(app):
    return factories.tenure("municipality_approver").person


def mails():
    return db.session.scalars(select(Mail).order_by(Mail.id)).all()


def path_in(mail):
    """The path of the link in a mail."""
    [line] = [line.strip("　 ") for line in as_received(mail).splitlines() if "/password/" in line]
    return line.partition("127.0.0.1:8000")[2]


def ask(client, email):
    return client.post("/password/forgotten", data={"email": email})


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(client, person):
    answer = ask(client, person.email)
    assert answer.headers["Location"] == "/sign-in"
    [mail] = mails()
    assert (mail.to_address, mail.organisation_id) == (person.email, None)
    path = path_in(mail)
    assert person.email in client.get(path).get_data(as_text=True)
    assert client.post(path, data=TWICE).headers["Location"] == "/"
    assert client.get("/account").status_code == 200
    assert passwords.matches(NEW, person.password_hash)
    assert client.post("/sign-in", data={"email": person.email, "password": NEW}).headers["Location"] == "/"
    told = [entry.event for entry in db.session.scalars(HistoryEntry.of(person))]
    assert told == ["signed_in", "signed_in", "password_set", "password_link_made"]
    assert "変更されました" in mails()[1].subject


def test_the_answer_is_the_same_for_an_address_that_nobody_has(app, client, person):
    known, unknown = ask(client, person.email), ask(app.test_client(), "nobody@example.jp")
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    told = client.get("/sign-in").get_data(as_text=True)
    assert "登録されている場合は" in told
    assert [mail.to_address for mail in mails()] == [person.email]


@pytest.mark.parametrize("typed", ["", "not an address"])
def test_an_address_that_is_none_is_told(client, typed):
    answer = ask(client, typed)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.get_data(as_text=True)


def test_a_link_used_twice_expired_or_unknown_says_which_and_offers_another(client, person, at, move_clock):
    ask(client, person.email)
    path = path_in(mails()[0])
    client.post(path, data=TWICE)
    for answer in (client.get(path), client.post(path, data=TWICE)):
        assert answer.status_code == 410
        assert "既に使われています" in answer.get_data(as_text=True)
        assert 'href="/password/forgotten"' in answer.get_data(as_text=True)
    ask(client, person.email)
    late = path_in(mails()[-1])
    move_clock(at + operations.RESET_FOR)
    for answer in (client.get(late), client.post(late, data=TWICE)):
        assert answer.status_code == 410
        assert "有効期限を過ぎています" in answer.get_data(as_text=True)
    assert "無効です" in client.get("/password/nothing").get_data(as_text=True)


def test_opening_a_link_does_not_use_it(client, person):
    ask(client, person.email)
    path = path_in(mails()[0])
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert client.post(path, data=TWICE).status_code == 302


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        (("short", "short"), "new_password", "12字以上"),
        (("password2023", "password2023"), "new_password", "推測されやすい"),
        ((NEW, NEW + "x"), "new_password_again", "一致していません"),
        (("", ""), "new_password", "入力してください"),
    ],
)
def test_a_password_that_is_not_taken_leaves_the_link_good(client, person, typed, field, told):
    ask(client, person.email)
    path = path_in(mails()[0])
    answer = client.post(path, data=dict(zip(("new_password", "new_password_again"), typed, strict=True)))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page.partition(f'id="{field}-error"')[2]
    assert not typed[0] or typed[0] not in page
    assert client.post(path, data=TWICE).status_code == 302


def test_ones_own_address_is_not_taken_as_password(client, person):
    ask(client, person.email)
    words = {"new_password": person.email, "new_password_again": person.email}
    assert client.post(path_in(mails()[0]), data=words).status_code == 422
    assert person.password_hash is None


def test_a_changed_password_keeps_this_session_and_ends_the_others(app, sign_in_as, person):
    operations.set_password(person, "the old old password")
    here, tenure = sign_in_as(tenure=person.tenures[0])
    there, _ = sign_in_as(tenure=tenure)
    answer = here.post("/account/password", data={"password": "the old old password", **TWICE})
    assert answer.headers["Location"] == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert passwords.matches(NEW, person.password_hash)
    entry = db.session.scalars(HistoryEntry.of(person)).first()
    assert (entry.event, entry.actor_person_id) == ("password_set", person.id)
    assert [mail.to_address for mail in mails()] == [person.email]


def test_without_the_present_password_nothing_changes_and_guessing_is_slowed(sign_in_as, person):
    person.password_hash = kept = passwords.hashed("the old old password")
    client, _ = sign_in_as(tenure=person.tenures[0])
    assert client.get("/account/password").status_code == 200
    wrong = client.post("/account/password", data={"password": "not the old one", **TWICE})
    assert wrong.status_code == 422
    assert 'id="password-error"' in wrong.get_data(as_text=True)
    for _ in range(sign_in.PRESENT_PASSWORD.free_known - 1):
        client.post("/account/password", data={"password": "not the old one", **TWICE})
    slowed = client.post("/account/password", data={"password": "the old old password", **TWICE})
    assert "試行回数が多すぎます" in slowed.get_data(as_text=True)
    assert person.password_hash == kept
    assert mails() == []


def test_who_holds_no_seat_sets_a_password_and_signs_in_later(client, person):
    person.tenures[0].ended_on = date(2023, 2, 14)
    db.session.commit()
    ask(client, person.email)
    answer = client.post(path_in(mails()[0]), data=TWICE)
    assert answer.headers["Location"] == "/sign-in"
    page = client.get("/sign-in").get_data(as_text=True)
    assert "パスワードを設定しました。" in page and "担当が登録されていません" in page
    assert client.get("/account").status_code == 302


def test_who_holds_several_seats_is_asked_which_after_setting_a_password(client, person):
    factories.tenure("municipality_editor", person=person)
    ask(client, person.email)
    assert client.post(path_in(mails()[0]), data=TWICE).headers["Location"] == "/account?next=/"


def test_a_password_that_cannot_be_kept_just_now_leaves_the_link_good(client, person, monkeypatch):
    ask(client, person.email)
    path = path_in(mails()[0])
    full = passwords.Lane(at_work=1, waiting=0)
    monkeypatch.setattr(passwords, "KNOWN", full)
    with full.turn():
        answer = client.post(path, data=TWICE)
    assert "ただいまログインが集中しています" in answer.get_data(as_text=True)
    assert client.post(path, data=TWICE).status_code == 302


def test_links_of_passwords_last_a_day_and_invitations_two_weeks(app):
    assert timedelta(hours=24) == operations.RESET_FOR
    assert timedelta(days=14) == operations.INVITED_FOR
