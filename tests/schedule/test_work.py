"""Long work is done once, survives a dead worker, and tells how far it is while it runs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import calendar
from app.db import db
from app.history import HistoryEntry
from app.installation import Setting
from app.lifecycle import NotAllowed
from app.permissions import SYSTEM
from app.schedule import work
from app.schedule.models import Work
from config import ROOT
from tests import factories


def queued(name="count", actor=SYSTEM, **arguments) -> Work:
    made = work.enqueue(name, arguments, title="数える", then="/after", actor=actor, at=calendar.now())
    db.session.commit()
    return made


def test_work_is_done_on_behalf_of_who_queued_it_and_committed_with_its_end(app, at):
    director = factories.tenure("director")
    made = queued(actor=director, n=3)
    seen = {}

    def count(arguments, *, actor, at, progress):
        seen.update(arguments=arguments, actor=actor.name, at=at)
        Setting.put("counted", str(arguments["n"]))

    done = work.run_next({"count": count}, at)
    assert done is not None
    assert (done.id, done.progress_state, done.error) == (made.id, "finished", "")
    assert seen == {"arguments": {"n": 3}, "actor": director.name, "at": at}
    db.session.rollback()
    assert Setting.get("counted") == "3"
    entry = db.session.scalars(HistoryEntry.of(made)).one()
    assert (entry.event, entry.actor_name) == ("queued", director.name)


def test_the_oldest_work_comes_first_and_then_there_is_none(app, at):
    first, second = queued(n=1), queued(n=2)
    done = [work.run_next({"count": lambda *a, **k: None}, at) for _ in range(3)]
    assert [it.id if it else None for it in done] == [first.id, second.id, None]


def test_the_same_work_queued_twice_is_one(app):
    assert queued(n=1).id == queued(n=1).id
    assert queued(n=2).id != queued(n=1).id


def test_progress_is_seen_by_others_while_the_works_own_transaction_is_open(app, at):
    made = queued()
    seen = []

    def look():
        with app.app_context():
            with db.engine.connect() as connection:
                row = connection.execute(select(Work.done, Work.total, Work.finished_at)).one()
            db.session.remove()
            seen.append(row)

    def count(arguments, *, actor, at, progress):
        Setting.put("half", "done")
        db.session.flush()
        progress(40, 100)
        seen.append(work.progress_of(db.session.get_one(Work, made.id)))
        if db.engine.dialect.name == "postgresql":
            thread = threading.Thread(target=look)
            thread.start()
            thread.join(timeout=10)
        progress(100, 100)

    work.run_next({"count": count}, at)
    assert seen[0] == (40, 100) or seen[1] == (40, 100, None)
    assert db.session.get_one(Work, made.id).progress_state == "finished"


def test_work_that_fails_keeps_nothing_by_half_and_says_so(app, at):
    made = queued()

    def fail(arguments, *, actor, at, progress):
        Setting.put("half", "done")
        db.session.flush()
        raise RuntimeError("a bug")

    work.run_next({"count": fail}, at)
    failed = db.session.get_one(Work, made.id)
    assert (failed.progress_state, failed.error) == ("failed", work.FAULT)
    assert Setting.get("half") is None
    assert [entry.event for entry in db.session.scalars(HistoryEntry.of(failed))] == ["failed", "queued"]
    assert work.run_next({"count": fail}, at) is None


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (work.WorkFailed("Say why."), "Say why."),
        (NotAllowed(Work(id=1), "announce", "it is announced"), work.MOVED_ON),
    ],
)
def test_work_that_cannot_go_on_tells_the_reason_it_was_given(app, at, problem, sentence):
    made = queued()

    def refuse(arguments, **_):
        raise problem

    work.run_next({"count": refuse}, at)
    assert db.session.get_one(Work, made.id).error == sentence


def test_work_of_an_unknown_name_fails_with_a_sentence(app, at):
    made = queued("gone")
    work.run_next({}, at)
    assert db.session.get_one(Work, made.id).error == work.UNKNOWN


def test_a_database_that_goes_away_leaves_the_work_to_be_picked_up_again(app, at):
    made = queued()
    calls = []

    def away(arguments, **_):
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    with pytest.raises(OperationalError):
        work.run_next({"count": away}, at)
    assert db.session.get_one(Work, made.id).progress_state == "running"
    done = work.run_next({"count": away}, at)
    assert done is not None
    assert (done.progress_state, done.attempts) == ("finished", 2)


DIES = """
import os, sys
from app import calendar, create_app
from app.schedule import work
app = create_app({"DATABASE_URL": sys.argv[1], "DATA_DIR": sys.argv[2], "SECRET_KEY": "a test's", "ENV": "testing"})
with app.app_context():
    work.run_next({"count": lambda *a, **k: os._exit(9)}, calendar.now())
"""


def test_what_a_dead_worker_left_is_picked_up_and_after_three_deaths_given_up(app, at):
    work_id = queued().id
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    for death in (1, 2, 3):
        db.session.remove()
        died = subprocess.run(
            [sys.executable, "-c", DIES, url, str(app.config["DATA_DIR"])],
            check=False,
            cwd=ROOT,
            capture_output=True,
        )
        assert died.returncode == 9, died.stderr
        left = db.session.get_one(Work, work_id)
        assert (left.progress_state, left.attempts) == ("running", death)
    db.session.remove()
    _until_the_lock_is_free(work_id)
    given_up = work.run_next({"count": lambda *a, **k: None}, at)
    assert given_up is not None
    assert (given_up.progress_state, given_up.error) == ("failed", work.LEFT_TOO_OFTEN)


def _until_the_lock_is_free(work_id: int) -> None:
    """PostgreSQL notices within a moment that a client is gone."""
    for _ in range(50):
        with work._turn(work_id) as progress:
            if progress is not None:
                return
        time.sleep(0.1)


def test_two_clicks_at_the_same_moment_queue_one_work(app, at):
    found, looked = [], threading.Event()
    db.session.commit()

    def click():
        with app.app_context():
            looked.set()
            found.append(queued("announce", call_id=7).id)
            db.session.remove()

    first = work.enqueue("announce", {"call_id": 7}, title="公表", then="/", actor=SYSTEM, at=at)
    db.session.flush()  # the first click's transaction is open while the second looks
    thread = threading.Thread(target=click)
    thread.start()
    assert looked.wait(timeout=20)
    time.sleep(0.3)
    db.session.commit()
    thread.join(timeout=20)
    assert found == [first.id]
    assert len(db.session.scalars(select(Work)).all()) == 1


def test_two_workers_never_do_the_same_work(app, at):
    made = queued()
    begun, go_on = threading.Event(), threading.Event()
    runs = []

    def slow(arguments, **_):
        runs.append(threading.current_thread().name)
        begun.set()
        db.session.rollback()  # holds no database lock while it waits
        go_on.wait(timeout=20)

    def worker():
        with app.app_context():
            calendar.pin(at)
            work.run_next({"count": slow}, at)
            db.session.remove()

    db.session.commit()
    thread = threading.Thread(target=worker)
    thread.start()
    assert begun.wait(timeout=20)
    assert work.run_next({"count": slow}, at) is None
    db.session.rollback()
    go_on.set()
    thread.join(timeout=20)
    assert len(runs) == 1
    assert db.session.get_one(Work, made.id).progress_state == "finished"


def test_the_page_of_work_shows_progress_then_leads_on(sign_in_as, at):
    client, _ = sign_in_as("officer")
    made = queued()
    page = client.get(f"/work/{made.id}").get_data(as_text=True)
    assert '<meta http-equiv="refresh" content="3">' in page
    assert "<progress" in page
    answer = client.get(f"/work/{made.id}", headers={"Accept": "application/json"})
    assert answer.json == {"state": "queued", "done": 0, "total": 0, "then": "/after"}
    work.run_next({"count": lambda *a, **k: None}, at)
    answer = client.get(f"/work/{made.id}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/after")


def test_the_page_of_failed_work_says_what_to_do(sign_in_as, at):
    client, _ = sign_in_as("officer")
    made = queued("gone")
    work.run_next({}, at)
    page = client.get(f"/work/{made.id}").get_data(as_text=True)
    assert "最後まで完了しませんでした" in page
    assert 'href="/after"' in page
    assert "http-equiv" not in page


def test_a_municipality_sees_no_work(sign_in_as):
    client, _ = sign_in_as("municipality_editor")
    assert client.get(f"/work/{queued().id}").status_code == 403


def test_work_that_is_not_there_is_404(sign_in_as):
    client, _ = sign_in_as("officer")
    assert client.get("/work/12345").status_code == 404


def test_the_forecast_of_the_year_names_the_notice_day():
    from app.schedule.rules import milestones

    days = [milestone.day for milestone in milestones(2023)]
    assert days == [date(2024, 2, 1), date(2024, 3, 1), date(2024, 3, 29), date(2024, 4, 1)]
