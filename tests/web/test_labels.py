"""Entries that were kept are shown by what their fields are called on the page that they came from, always."""

from __future__ import annotations

import gc

import pytest
from flask_login import login_user
from wtforms import StringField

from app.db import db
from app.web.forms import Form
from app.web.labels import labelled
from tests import factories
from tests.factories.applications import holder


@pytest.fixture(autouse=True)
def reader(app):
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        yield


def test_a_field_is_shown_by_the_label_of_its_page():
    sent = [("base_years", "3"), ("criteria-0-weight", "2"), ("criteria-0-label", "革新性")]
    assert labelled(sent, "/calls/new") == [
        ("支援年数", "3"),
        ("重み（配点）", "2"),
        ("審査基準", "革新性"),
    ]


def test_what_two_pages_call_differently_is_called_as_on_its_own():
    assert labelled([("title", "書きかけ"), ("summary", "概要の文")], "/applications/1/basics")[0] == (
        "事業名",
        "書きかけ",
    )
    assert labelled([("title", "書きかけ"), ("code", "R9")], "/calls/new")[0] == ("件名", "書きかけ")


@pytest.mark.parametrize("alive", [False, True])
def test_the_answer_to_a_question_is_called_by_that_question_whatever_other_forms_are_about(at, alive):
    application = factories.application()
    asked, another = factories.own_questions(application.call)[:2]
    held = type("Asked", (Form,), {"text": StringField(another.label)}) if alive else None
    login_user(holder("municipality_editor", application.organisation))
    db.session.flush()
    gc.collect()
    found = labelled(
        [("version", "0"), ("text", "長い回答")], f"/applications/{application.id}/answers/{asked.id}"
    )
    assert found == [(asked.label, "長い回答")]
    del held


def test_a_remark_of_a_return_is_called_by_its_question(at):
    application = factories.application("submitted")
    login_user(factories.tenure("officer"))
    url = f"/applications/{application.id}/correction-request"
    found = labelled([("defect-summary", "地域名を加える"), ("due_at", "R5.3.10 17:00")], url)
    told = ("「概要」について補正が必要な点", "地域名を加える")  # as on the page itself
    assert found[0] == told and found[1][1] == "R5.3.10 17:00"


def test_the_label_of_another_bodys_question_is_not_told(at):
    application = factories.application()
    asked = factories.own_questions(application.call)[0]
    login_user(factories.tenure("municipality_editor"))
    url = f"/applications/{application.id}/answers/{asked.id}"
    assert labelled([("text", "長い回答")], url) == [("入力内容", "長い回答")]


def test_an_address_that_is_none_loses_no_entry():
    assert labelled([("etwas", "書きかけ")], "/no/such/page") == [("入力内容", "書きかけ")]


def test_what_nobody_typed_is_not_shown():
    sent = [("version", "3"), ("seen", "a" * 64), ("for_now", "1"), ("add", "criteria")]
    assert labelled(sent, "/applications/1/submission") == []


def test_a_tick_is_a_yes():
    call = factories.call()
    asked = [("label_ja", "課題"), ("required", "y")]
    assert labelled(asked, f"/calls/{call.id}/form/questions/title") == [("設問", "課題"), ("必須", "はい")]


def test_the_pages_of_a_lost_session_say_so_and_show_the_text(app, client, sign_in_as):
    application = factories.application()
    question = factories.own_questions(application.call)[0]
    db.session.commit()
    url = f"/applications/{application.id}/answers/{question.id}"
    home = {"Origin": "http://localhost"}
    sent = client.post(url, data={"text": "雪の多い町です。" * 40}, headers=home)
    told = client.get(sent.headers["Location"]).get_data(as_text=True)
    assert "ログアウトされています" in told and "入力した内容は保存してあります" in told
    with client.session_transaction() as session:
        key = session["after_sign_in"]
    editor = holder("municipality_editor", application.organisation)
    back, _ = sign_in_as(tenure=editor)
    with back.session_transaction() as session:
        session["after_sign_in"] = key
    page = back.get("/kept-entries").get_data(as_text=True)
    card = page.split('class="kept"')[1].split("</section>")[0]
    assert f"<dt>{question.label}</dt>" in card and "雪の多い町です。" * 40 in card


def test_a_lost_session_without_entries_says_that_nothing_was_typed(client):
    sent = client.post("/calls/new", headers={"Origin": "http://localhost"})
    assert "入力された内容はありませんでした" in client.get(sent.headers["Location"]).get_data(as_text=True)


def test_a_page_asked_for_without_a_session_says_why_one_stands_here(client):
    page = client.get("/applications", follow_redirects=True).get_data(as_text=True)
    assert "このページを開くにはログインが必要です" in page
    assert "ログインが必要です" not in client.get("/sign-in").get_data(as_text=True)


def test_entries_that_are_kept_no_longer_are_told(sign_in_as):
    client, _ = sign_in_as("officer")
    with client.session_transaction() as session:
        session["after_sign_in"] = "gone"
    page = client.get("/kept-entries", follow_redirects=True).get_data(as_text=True)
    assert "入力した内容は、残っていません" in page
