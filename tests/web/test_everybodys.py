"""Pages that are the same for everybody: fast, never stale, nobody's."""

from __future__ import annotations

import gzip
from datetime import timedelta
from tempfile import SpooledTemporaryFile

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app import calendar
from app.db import db
from app.memory import part_of
from app.permissions import PUBLIC
from app.web import everybodys, files
from tests import factories


@pytest.fixture
def asked_of(app, count_queries):
    """How many statements the application sent for a page: none where it came from memory."""

    def ask(path: str, client=None, **how) -> tuple[int, str]:
        found = []
        count = count_queries(lambda: found.append((client or app.test_client()).get(path, **how)))
        with found[0] as answer:
            return count, answer.get_data(as_text=True)

    return ask


def test_it_is_made_once_while_nothing_is_written(app, asked_of):
    factories.call(state="published", title="自動運転の募集")
    db.session.commit()
    first, page = asked_of("/calls")
    assert first > 0
    assert "自動運転の募集" in page
    assert asked_of("/calls") == (0, page)


def test_it_is_made_anew_after_a_commit_of_any_worker(app, asked_of):
    call = factories.call(state="published", title="自動運転の募集")
    asked_of("/calls")
    call.title = "ドローンの募集"
    db.session.commit()
    assert "ドローンの募集" in asked_of("/calls")[1]
    with db.engine.begin() as elsewhere:  # as another process does it
        elsewhere.execute(text("UPDATE calls SET title = '遠隔医療の募集'"))
        elsewhere.execute(text("UPDATE data_version SET house = house + 1"))
    assert "遠隔医療の募集" in asked_of("/calls")[1]


def test_what_is_not_committed_is_shown_to_nobody(app, asked_of):
    factories.call(state="published", title="自動運転の募集")
    db.session.commit()
    page = asked_of("/calls")[1]
    with db.engine.connect() as elsewhere:
        elsewhere.execute(text("UPDATE calls SET title = 'ドローンの募集'"))
        elsewhere.rollback()
    assert asked_of("/calls")[1] == page


def test_a_deadline_passes_without_anybody_writing(app, at, asked_of, move_clock):
    call = factories.call(
        state="published", opens_at=at - timedelta(days=9), closes_at=at + timedelta(minutes=3)
    )
    before = asked_of(f"/calls/{call.id}")[1]
    move_clock(at + timedelta(minutes=3))
    assert asked_of(f"/calls/{call.id}")[1] != before


def test_whoever_has_a_session_is_answered_by_the_application(asked_of, sign_in_as):
    asked_of("/calls")
    client, tenure = sign_in_as("officer")
    count, page = asked_of("/calls", client)
    assert count > 0
    assert tenure.person.name in page
    assert tenure.person.name not in asked_of("/calls")[1]


def test_each_language_has_its_own(app, asked_of):
    japanese = asked_of("/calls")[1]
    client = app.test_client()
    client.set_cookie("language", "en")
    assert '<html lang="en">' in asked_of("/calls", client)[1]
    assert asked_of("/calls")[1] == japanese


def test_a_browser_that_has_the_page_is_told_so(app):
    client = app.test_client()
    mark = client.get("/calls").headers["ETag"]
    for asked in (mark, f'"another", W/{mark}', "*"):
        answer = client.get("/calls", headers={"If-None-Match": asked})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", mark)
        assert answer.headers["Cache-Control"] == "no-cache"
    assert client.get("/calls", headers={"If-None-Match": '"another"'}).status_code == 200


def test_the_mark_tells_what_is_shown_and_not_that_something_was_written(app):
    client = app.test_client()
    before = client.get("/calls").headers["ETag"]
    factories.mail()
    factories.call(state="draft")
    db.session.commit()
    assert client.get("/calls").headers["ETag"] == before


def test_it_is_sent_compressed_to_whoever_can_read_that(app):
    factories.call(state="published")
    plain = app.test_client().get("/calls")
    client = FlaskClient(app, app.response_class)
    packed = client.get("/calls", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert {"Cookie", "Accept-Encoding"} <= {it.strip() for it in packed.headers["Vary"].split(",")}


def test_only_its_head_is_asked_for(app):
    client = app.test_client()
    head = client.head("/calls")
    page = client.get("/calls")
    assert head.data == b""
    assert head.headers["Content-Length"] == page.headers["Content-Length"]
    assert page.data


def test_what_is_no_page_is_not_kept(app):
    app.wsgi_app._pages.clear()
    for path in ("/calls/12345", "/nowhere", "/register/9999"):
        assert app.test_client().get(path).status_code == 404
    assert not app.wsgi_app._pages
    app.test_client().get("/calls")
    assert app.wsgi_app._pages


def test_when_the_database_is_away_the_reader_is_told(app, monkeypatch):
    client = app.test_client()
    client.get("/calls")

    def away(*_args) -> None:
        raise db.engine.dialect.loaded_dbapi.OperationalError("away")

    event.listen(db.engine, "do_connect", away)
    db.engine.dispose()
    try:
        monkeypatch.setattr(app, "testing", False)
        answer = client.get("/calls")
    finally:
        event.remove(db.engine, "do_connect", away)
    assert answer.status_code == 503


def test_the_memory_is_bounded(app, monkeypatch, asked_of):
    size = len(app.test_client().get("/calls").data)
    monkeypatch.setattr(everybodys, "MOST", size * 3)
    for number in range(5):
        asked_of(f"/calls?q={number}")
    assert asked_of("/calls?q=4")[0] == 0
    assert asked_of("/calls?q=0")[0] > 0
    monkeypatch.setattr(everybodys, "LARGEST", 10)
    assert asked_of("/calls?q=5")[0] > 0
    assert asked_of("/calls?q=5")[0] > 0


def test_they_are_public_and_ask_nothing_that_raises_no_version(app):
    factories.call(state="published")
    factories.project(state="supported", number=1)
    db.session.commit()
    marked = [
        rule for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "same_for_everybody", False)
    ]  # fmt: skip
    assert len(marked) >= 9
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for rule in marked:
            assert app.view_functions[rule.endpoint].permission == PUBLIC
            for kept in list(g):
                g.pop(kept)
            values = {
                "call_id": 1,
                "number": 1,
                "programme": factories.programme().key,
                "meeting_id": 1,
                "survey_id": 1,
            }
            path = app.url_map.bind("localhost").build(
                rule.endpoint, {name: values[name] for name in rule.arguments}
            )
            app.test_client().get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) > 15
    unseen = [name for name in db.metadata.tables if part_of(name) is None and name != "data_version"]
    assert not [
        name for name in unseen for statement in asked if f" {name} " in statement or f" {name}." in statement
    ]


def test_the_clock_of_the_machine_tells_the_minute(app, monkeypatch, asked_of):
    app.config["PINNED_CLOCK"] = None
    now = calendar.machine_now().replace(second=59)
    monkeypatch.setattr(calendar, "machine_now", lambda: now)
    asked_of("/contact")
    assert asked_of("/contact")[0] == 0
    monkeypatch.setattr(calendar, "machine_now", lambda: now + timedelta(seconds=1))
    assert asked_of("/contact")[0] > 0


def test_a_file_is_kept_as_a_page_is_but_a_long_one_is_only_sent(app, asked_of, monkeypatch):
    factories.call(state="published", title="自動運転の募集")
    db.session.commit()
    _first, short = asked_of("/calls?format=csv")
    assert asked_of("/calls?format=csv") == (0, short)
    monkeypatch.setattr(files, "IN_MEMORY", 100)
    for _ in range(2):
        queries, long = asked_of("/calls?format=csv&sort=state")
        assert queries > 0 and long == short


def test_a_long_file_is_read_no_faster_than_it_is_sent(client, monkeypatch):
    class Spool(SpooledTemporaryFile):
        def read(self, *size):
            pieces.append(super().read(*size))
            return pieces[-1]

    pieces: list[bytes] = []
    monkeypatch.setattr(files, "SpooledTemporaryFile", Spool)
    monkeypatch.setattr(files, "IN_MEMORY", 10)
    monkeypatch.setattr(files, "PIECE", 10)
    with client.get("/calls?format=csv") as answer:
        begun = len(pieces)
        assert len(answer.get_data()) > 40
    assert begun < 3 < len(pieces)
