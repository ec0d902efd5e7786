"""/healthz and /readyz: what a supervisor and a proxy ask."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from app import jobs
from app.db import db
from app.jobs import alive  # as it is: in the tests' application it is taken to be alive

BOTH = ("/healthz", "/readyz")


def statements(act) -> list[str]:
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sent


@pytest.fixture
def database_away(app):
    def fail(*_args) -> None:
        raise OperationalError("SELECT 1", {}, Exception('connection to "10.1.2.3" as "banso" failed'))

    event.listen(db.engine, "before_cursor_execute", fail)
    yield
    event.remove(db.engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("address", BOTH)
def test_a_server_that_is_well_says_so_to_anybody(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/json"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    head = client.head(address)
    assert (head.status_code, head.get_data()) == (200, b"")
    assert head.headers["Cache-Control"] == "no-store"


def test_that_the_process_answers_is_told_without_asking_the_database(app, client, sign_in_as):
    app.config.update(PINNED_CLOCK=None, TODAY=None, DEMO=True)
    assert statements(lambda: client.get("/healthz")) == []
    somebody, _ = sign_in_as("officer")  # a session does not make it ask either
    assert statements(lambda: somebody.get("/healthz")) == []


def test_a_server_without_its_database_lives_and_is_not_ready(client, sign_in_as, database_away):
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "not ready",
        "amiss": ["the database does not answer"],
    }  # not where it is


def test_a_database_of_another_version_is_not_ready(client):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    db.session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    [sentence] = answer.json["amiss"]
    assert sentence.startswith("the database is at migration 0001, the program at 0")


def test_a_storage_that_takes_nothing_is_not_ready(app, client, tmp_path):
    (tmp_path / "no folder").write_text("")
    app.config["STORAGE_URL"] = f"file://{tmp_path}/no folder/files"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["amiss"] == ["nothing can be written to the storage of files"]


def test_the_check_leaves_nothing_in_the_storage(app, client, tmp_path):
    client.get("/readyz")
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_a_worker_whose_jobs_do_not_run_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(jobs, "alive", lambda: False)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["amiss"] == ["the jobs of this worker do not run"]


def test_all_that_is_amiss_is_told(app, client, monkeypatch, database_away, tmp_path):
    monkeypatch.setattr(jobs, "alive", lambda: False)
    (tmp_path / "no folder").write_text("")
    app.config["STORAGE_URL"] = f"file://{tmp_path}/no folder/files"
    assert len(client.get("/readyz").json["amiss"]) == 3


def test_a_clockwork_is_alive_from_its_start_to_its_stop_and_while_it_takes_turns(app, monkeypatch):
    assert not alive()
    jobs.start(app)
    try:
        assert alive()
        monkeypatch.setattr(jobs, "_last_turn", time.monotonic() - jobs.STALLED_AFTER - 1)
        monkeypatch.setattr(jobs, "_turn", lambda *_args: None)
        assert not alive()
    finally:
        jobs.stop()
    assert not alive()
