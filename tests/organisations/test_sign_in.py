"""Signing in: to a seat, slowed down for guessers, telling nothing about addresses."""

import re
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher

from app.calendar import JST
from app.db import db
from app.demo import accounts
from app.history import HistoryEntry
from app.organisations import sign_in
from tests import factories
from tests.organisations.common import is_signed_in, kept_password

PASSWORD = "correct horse battery"
APPROVER = "municipality_approver"
WRONG = "メールアドレス又はパスワードが正しくありません"


@pytest.fixture
def tenure(app):
    made = factories.tenure(APPROVER, factories.organisation("岩見沢市", "012106"))
    made.person.password_hash = kept_password(PASSWORD)
    db.session.commit()
    return made


def enter(client, email, password=PASSWORD, **query):
    return client.post("/sign-in", query_string=query, data={"email": email, "password": password})


def test_the_right_address_and_password_open_the_seat_and_the_history_says_so(client, tenure, at):
    answer = enter(client, tenure.person.email)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    page = client.get("/account").get_data(as_text=True)
    assert "北海道岩見沢市" in page
    assert "企画課 係長" in page
    entry = db.session.scalars(HistoryEntry.of(tenure.person)).first()
    assert (entry.event, entry.actor_seat_id, entry.origin) == ("signed_in", tenure.seat_id, "127.0.0.1")
    assert entry.at == at


def test_capitals_full_width_letters_and_spaces_in_the_address_are_mended(client, tenure):
    tenure.person.email = "hanako@example.jp"
    assert enter(client, " Ｈanako@EXAMPLE.jp　").status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app, client, tenure):
    wrong = enter(client, tenure.person.email, "not the password")
    unknown = enter(app.test_client(), "nobody@example.jp", "not the password")
    unset = factories.tenure(APPROVER).person.email
    never_set = enter(app.test_client(), unset, "not the password")
    assert wrong.status_code == unknown.status_code == never_set.status_code == 422
    pages = [
        re.sub(
            r'"[\w-]+\.[\w-]{6}\.[\w-]{27}"', "TOKEN", answer.get_data(as_text=True).replace(email, "ADDRESS")
        )
        for answer, email in (
            (wrong, tenure.person.email),
            (unknown, "nobody@example.jp"),
            (never_set, unset),
        )
    ]
    assert pages[0] == pages[1] == pages[2]
    assert WRONG in pages[0]
    assert not is_signed_in(client)


def test_an_unknown_address_costs_a_comparison_too(app, tenure, at, monkeypatch):
    compared = []
    real = sign_in.passwords.matches
    monkeypatch.setattr(sign_in.passwords, "matches", lambda *given: compared.append(given) or real(*given))
    assert sign_in.authenticate("nobody@example.jp", "x" * 12, origin="a", at=at) is None
    assert sign_in.authenticate(tenure.person.email, "x" * 12, origin="a", at=at) is None
    assert len(compared) == 2


def test_what_was_typed_stays_except_the_password(client, tenure):
    page = enter(client, tenure.person.email, "a mistyped secret").get_data(as_text=True)
    assert f'value="{tenure.person.email}"' in page
    assert "a mistyped secret" not in page


def test_an_empty_form_says_what_is_missing(client):
    answer = enter(client, "", "")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#email"' in page
    assert 'href="#password"' in page
    assert "エラー：" in page


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.jp/",
        "//evil.example.jp",
        "/\\evil.example.jp",
        "/\t/evil.example.jp",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_after_signing_in_nobody_is_led_to_another_site(client, tenure, target):
    answer = enter(client, tenure.person.email, next=target)
    assert answer.headers["Location"] == "/"


def test_after_signing_in_one_goes_where_one_wanted(client, tenure):
    wanted = client.get("/organisations?q=岩見沢")
    sign_in_page = wanted.headers["Location"]
    assert urlsplit(sign_in_page).path == "/sign-in"
    answer = client.post(sign_in_page, data={"email": tenure.person.email, "password": PASSWORD})
    assert urlsplit(answer.headers["Location"]).path == "/organisations"
    assert "岩見沢市" in client.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_session_planted_before_is_not_carried_on(client, tenure):
    with client.session_transaction() as session:
        session["csrf_token"], session["planted"], session["language"] = "known to another", "x", "en"
    enter(client, tenure.person.email)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to another"
        assert session["language"] == "en"
        assert session.permanent


def test_who_is_signed_in_goes_on_from_the_sign_in_page(sign_in_as):
    client, _ = sign_in_as(APPROVER)
    assert client.get("/sign-in?next=/organisations").headers["Location"] == "/organisations"


def test_signing_out_ends_the_session_and_keeps_the_language(sign_in_as):
    client, _ = sign_in_as(APPROVER)
    client.get("/language/en")
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert "You are signed out" in client.get("/sign-in").get_data(as_text=True)
    assert not is_signed_in(client)
    assert client.get("/sign-out").status_code == 405  # a link must not sign anybody out


def test_who_holds_several_seats_chooses_and_can_change(client, tenure):
    second = factories.tenure(
        "municipality_editor", factories.organisation("更別村", "016390"), person=tenure.person
    )
    answer = enter(client, tenure.person.email, next="/organisations")
    assert answer.headers["Location"] == "/account?next=/organisations"
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "使用する担当を選択してください" in page
    assert "更別村" in page
    chosen = client.post("/account/seat", data={"tenure": second.id, "next": "/organisations"})
    assert chosen.headers["Location"] == "/organisations"
    assert db.session.scalars(HistoryEntry.of(tenure.person)).first().actor_seat_id == second.seat_id
    assert client.post("/account/seat", data={"tenure": tenure.id}).headers["Location"] == "/"


def test_nobody_chooses_the_seat_of_another_or_one_they_have_left(sign_in_as):
    client, tenure = sign_in_as(APPROVER)
    another = factories.tenure("director")
    left = factories.tenure("director", person=tenure.person, ended_on=date(2022, 3, 31))
    for unwanted in (another.id, left.id, 987654, "x", "", "9" * 30):
        assert client.post("/account/seat", data={"tenure": unwanted}).status_code == 404
    administrator, _ = sign_in_as("administrator")
    for unwanted in (another.id, left.id):
        assert administrator.post("/account/seat", data={"tenure": unwanted}).status_code == 403
    assert "システム管理者" in administrator.get("/account").get_data(as_text=True)


def test_the_right_password_without_a_seat_says_whom_to_ask(client, tenure):
    tenure.ended_on = date(2022, 3, 31)
    answer = enter(client, tenure.person.email)
    assert answer.status_code == 403
    assert "担当が登録されていません" in answer.get_data(as_text=True)
    assert not is_signed_in(client)


def test_who_takes_a_seat_later_is_told_from_which_day_they_can_sign_in(client, tenure, move_clock):
    """As on the days before 1 April, when the seat has been handed over and the password is set."""
    tenure.started_on = date(2023, 4, 1)
    answer = enter(client, tenure.person.email)
    told = answer.get_data(as_text=True)
    assert answer.status_code == 403 and not is_signed_in(client)
    assert f"令和5年4月1日（土）から担当（{tenure.organisation_name} {tenure.seat_name}）に就任します" in told
    assert "引継ぎを依頼" not in told
    tenure.ended_on = date(2023, 3, 31)  # taken back
    assert "引継ぎを依頼" in enter(client, tenure.person.email).get_data(as_text=True)
    tenure.ended_on = None
    move_clock(datetime(2023, 4, 1, 9, tzinfo=JST))
    assert enter(client, tenure.person.email).status_code == 302


def test_who_leaves_a_seat_is_out_at_once_even_while_signed_in(sign_in_as):
    client, tenure = sign_in_as(APPROVER)
    assert is_signed_in(client)
    tenure.ended_on = date(2023, 2, 14)
    db.session.commit()
    assert not is_signed_in(client)


def test_a_hash_with_weaker_settings_is_renewed_at_sign_in(client, tenure, monkeypatch):
    monkeypatch.setattr(
        sign_in.passwords, "_hasher", PasswordHasher()
    )  # the product's own, not that of tests
    tenure.person.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    assert enter(client, tenure.person.email).status_code == 302
    assert "m=65536" in tenure.person.password_hash
    assert is_signed_in(client)


def test_the_demo_offers_the_accounts_that_are_in_its_data(app, client, tenure, monkeypatch):
    known, absent = (
        replace(accounts.ACCOUNTS[0], email=it) for it in (tenure.person.email, "absent@example.jp")
    )
    monkeypatch.setattr(accounts, "ACCOUNTS", (known, absent))
    monkeypatch.setattr(accounts, "PASSWORD", PASSWORD)
    assert PASSWORD not in client.get("/sign-in").get_data(as_text=True)
    app.config.update(DEMO=True)
    page = client.get("/sign-in").get_data(as_text=True)
    assert tenure.person.email in page
    assert PASSWORD in page
    assert "absent@example.jp" not in page


def test_the_token_of_the_form_is_checked(app, client, tenure):
    app.config["WTF_CSRF_ENABLED"] = True
    assert enter(client, tenure.person.email).status_code == 400
    assert not is_signed_in(client)
