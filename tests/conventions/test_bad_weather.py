"""A database that is away: a clear page, nothing typed lost, never a 500; and the page needs no database itself."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.db import db
from tests import factories


@pytest.fixture
def database_away(app):
    """Every statement from now on fails as when the server has gone."""

    def fail(*_args) -> None:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))

    def leave() -> None:
        db.session.remove()
        event.listen(db.engine, "before_cursor_execute", fail)

    yield leave
    if event.contains(db.engine, "before_cursor_execute", fail):
        event.remove(db.engine, "before_cursor_execute", fail)


def test_what_was_typed_comes_back_with_a_button_to_send_it_again(sign_in_as, database_away):
    client, _ = sign_in_as("officer")
    database_away()
    answer = client.post(
        "/calls/new", data={"title": "長い時間をかけて書いた件名", "description": "二行の\n説明"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"
    assert "長い時間をかけて書いた件名" in page and "二行の" in page
    assert 'action="/calls/new"' in page and "データベースに接続できません" in page


def test_a_page_that_only_reads_says_so_too(sign_in_as, database_away):
    client, _ = sign_in_as("officer")
    database_away()
    assert client.get("/calls").status_code == 503


def test_a_page_that_does_not_exist_needs_no_database(client, database_away):
    database_away()
    assert client.get("/no-such-page").status_code == 404


def test_one_that_does_not_exist_needs_none_for_somebody_signed_in_either(sign_in_as, database_away):
    client, _ = sign_in_as("officer")
    database_away()
    answer = client.get("/no-such-page")
    assert answer.status_code == 404 and 'id="main-nav"' not in answer.get_data(as_text=True)


def test_a_page_saving_by_itself_is_told_in_its_own_language(sign_in_as, database_away):
    client, tenure = sign_in_as("municipality_editor")
    draft = factories.application(organisation=tenure.organisation)
    db.session.commit()
    url = f"/applications/{draft.id}/basics"
    database_away()
    answer = client.post(url, data={"title": "x"}, headers={"Accept": "application/json"})
    assert answer.status_code == 503 and answer.is_json


def test_a_fault_of_ours_shows_what_was_typed_and_is_a_500_only_in_name(app, sign_in_as, monkeypatch):
    client, _ = sign_in_as("officer")
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("app.programmes.operations.draft_call", lambda *_a, **_k: 1 / 0)
    filled = {
        "title": "件名", "code": "R9", "selection_fy": "2027", "opens_at": "2027-04-05 9:00",
        "closes_at": "2027-05-10 12:00", "base_years": "3", "extension_years": "2", "eligible_kinds": "city",
    }  # fmt: skip
    answer = client.post("/calls/new", data=filled)
    assert answer.status_code == 500 and "件名" in answer.get_data(as_text=True)


def test_entries_of_somebody_signed_out_wait_until_they_have_signed_in_again(app, client, sign_in_as):
    answer = client.post(
        "/calls/new", data={"title": "サインアウト後の件名"}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
    with client.session_transaction() as session:
        key = session["after_sign_in"]
    back, _ = sign_in_as("officer")
    with back.session_transaction() as session:
        session["after_sign_in"] = key
    page = back.get("/kept-entries").get_data(as_text=True)
    assert "サインアウト後の件名" in page and 'action="/calls/new"' in page


def test_entries_sent_by_another_site_are_not_kept(client):
    client.post("/calls/new", data={"title": "よそから"}, headers={"Origin": "https://elsewhere.example"})
    with client.session_transaction() as session:
        assert session.get("after_sign_in") is None
