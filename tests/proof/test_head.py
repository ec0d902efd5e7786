"""The head of the history: signed, kept beside the database after each commit, never stepping back."""

from __future__ import annotations

import json
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import calendar, head
from app.db import db
from app.history import Head, Written
from app.permissions import SYSTEM
from config import SettingError, kept_key, settings
from tests import factories
from tests.proof.common import past_the_guards, verified


@pytest.fixture
def body(app, at):
    made = factories.organisation()
    made.record("noted", actor=SYSTEM, at=at)
    db.session.commit()
    return made


def write(body, at) -> None:
    body.record("noted", actor=SYSTEM, at=at)
    db.session.commit()


def file(app, name: str = head.FILE) -> Path:
    return app.config["DATA_DIR"] / name


def test_each_commit_that_wrote_history_leaves_its_head_beside_the_database(app, body, at):
    first = head.stored()
    assert first == head.last() and first.id == 1
    write(body, at)
    assert head.stored().id == 2
    body.name = "改名市"  # writes no history
    db.session.commit()
    assert head.stored() == head.last()
    assert stat.S_IMODE(file(app).stat().st_mode) == 0o600
    assert verified(app) == (0, {})


def test_a_rollback_and_a_savepoint_leave_it_as_it_is(app, body, at):
    body.record("never", actor=SYSTEM, at=at)
    db.session.rollback()
    with db.session.begin_nested():
        body.record("within", actor=SYSTEM, at=at)
    assert head.stored().id == 1
    db.session.commit()
    assert head.stored().id == 2


def test_a_commit_that_fails_leaves_it_as_it_is(app, body, at, monkeypatch):
    session = db.session()
    body.record("noted", actor=SYSTEM, at=at)
    failing = pytest.MonkeyPatch()
    connection = db.session.connection()
    failing.setattr(
        connection.dialect, "do_commit", lambda _connection: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        session.commit()
    failing.undo()
    db.session.rollback()
    assert head.stored().id == 1
    write(body, at)
    assert head.stored() == head.last()


def test_a_full_disk_does_not_undo_the_commit_and_is_told_and_made_good(app, body, at, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(head, "_write", full)
        write(body, at)
        assert head.forward() == "the head of the history cannot be kept: [Errno 28] No space left on device"
    assert (head.last().id, head.stored().id) == (2, 1)
    assert verified(app) == (0, {})
    assert head.forward() == ""
    assert head.stored().id == 2


def test_a_data_folder_that_cannot_be_written_is_told_by_the_doctor(app, body, at):
    file(app).write_text("")
    doctor = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "missing  head of the history: " in doctor and "cannot be read" in doctor
    file(app).unlink()
    db.session.commit()
    assert "missing  head of the history: no head" in app.test_cli_runner().invoke(args=["doctor"]).output
    head.forward()
    assert "ok       head of the history" in app.test_cli_runner().invoke(args=["doctor"]).output


def test_what_another_worker_wrote_in_between_is_not_stepped_over_unseen(app, body, at):
    """The commit that is told first does not follow what is kept; the turn looks into the database."""
    write(body, at)
    write(body, at)
    head._write(head.signed(Head(1, _hash_of(1)), at))
    last = head.last()
    head.keep(Written(Head(2, _hash_of(2)), Head(3, last.hash), at))
    assert head.stored().id == 1
    assert head.forward() == ""
    assert head.stored().id == 3


def test_it_never_steps_back(app, body, at):
    write(body, at)
    head.keep(Written(Head(0, "0" * 64), Head(1, _hash_of(1)), at))
    assert head.stored().id == 2


def test_many_threads_at_once_leave_a_whole_file_that_is_ours(app, body, at):
    written = [
        Written(Head(number, f"{number:064x}"), Head(number + 1, f"{number + 1:064x}"), at)
        for number in range(40)
    ]
    file(app).unlink()

    def one(it: Written) -> None:
        with app.app_context():
            calendar.pin(at)
            head.keep(it)

    threads = [threading.Thread(target=one, args=[it]) for it in written]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert head.stored().hash == f"{head.stored().id:064x}"
    assert not list(app.config["DATA_DIR"].glob(f".{head.FILE}*"))


def test_a_head_of_somebody_else_is_put_aside_and_told(app, body, at):
    forged = {"id": 900, "hash": "a" * 64, "mac": "b" * 64, "at": at.isoformat()}
    file(app).write_text(json.dumps(forged))
    assert any("was not signed with this installation's key" in told for told in verified(app)[1]["head"])
    write(body, at)
    assert head.stored().id == 2
    assert json.loads(file(app, head.BAD).read_text()) == forged
    assert "put aside" in head.state()
    assert any("is not ours" in told for told in verified(app)[1]["head"])


def test_no_head_is_told_until_the_next_turn_and_can_be_left_out(app, body):
    for name in (head.FILE, head.LOG):
        file(app, name).unlink()
    assert "no head is kept" in verified(app)[1]["head"][0]
    assert verified(app, "--no-head") == (0, {})
    printed = app.test_cli_runner().invoke(args=["history", "head"])
    assert (printed.exit_code, printed.output.strip()) == (0, head.last().line)
    assert verified(app) == (0, {})


def test_one_line_a_day_is_logged_so_that_a_cut_can_be_bounded(app, body, at, move_clock):
    for days in range(3):
        move_clock(at + timedelta(days=days))
        write(body, at)
        write(body, at)
    assert [kept.id for _line, kept in head.logged()] == [1, 4, 6]
    past_the_guards("DELETE FROM history WHERE id >= 4")
    file(app).unlink()  # whoever cut it has taken the head away as well
    told = verified(app)[1]["head"]
    assert any("has no entry 4, but the head kept in history_heads.log" in it for it in told)


def test_the_log_stays_bounded(app, body, at, move_clock, monkeypatch):
    monkeypatch.setattr(head, "MOST_LINES", 10)
    for days in range(60):
        move_clock(at + timedelta(days=days))
        write(body, at)
    lines = list(head.logged())
    assert 5 <= len(lines) < 25 and lines[-1][1].id == 61


def test_a_line_of_the_log_that_somebody_wrote_is_found(app, body, at):
    with file(app, head.LOG).open("a") as log:
        log.write("nonsense\n")
    assert "cannot be read: nonsense" in verified(app)[1]["head"][0]


def test_a_head_from_a_mail_holds_or_tells_what_is_wrong(app, body, at):
    line = head.last().line
    write(body, at)
    assert verified(app, "--head", line) == (0, {})
    assert verified(app, "--head", line.upper()) == (0, {})
    number, said, mac = line.split(":")
    other_key = f"{number}:{said}:{'0' * len(mac)}"
    assert "was not signed" in verified(app, "--head", other_key)[1]["head"][0]
    other = f"{number}:{'0' * len(said)}:{mac}"
    assert "the history was rewritten" in verified(app, "--head", other)[1]["head"][0]
    later = f"77:{said}:{mac}"
    assert "has no entry 77, but the head 77:" in verified(app, "--head", later)[1]["head"][0]


@pytest.mark.parametrize("words", ["", "x", "1:2:3", "1:" + "g" * 64 + ":" + "a" * 64])
def test_a_head_that_is_none_ends_with_one_sentence(app, words):
    result = app.test_cli_runner().invoke(args=["history", "verify", "--head", words])
    assert result.exit_code == 2 and "is no head" in result.output


def test_after_a_restore_it_is_begun_anew_with_a_reason_on_record(app, body, at):
    write(body, at)
    past_the_guards("DELETE FROM history WHERE id = 2")  # as an older backup has it
    assert "cut off" in head.forward()
    result = app.test_cli_runner().invoke(args=["history", "head"])
    assert result.exit_code == 1 and "Run: flask history verify" in result.output
    assert verified(app)[0] == 1
    result = app.test_cli_runner().invoke(args=["history", "head", "--renew", "バックアップから復元したため"])
    assert result.exit_code == 0, result.output
    entry = db.session.execute(text("SELECT id, event, changes FROM history ORDER BY id DESC LIMIT 1")).one()
    assert (entry.id, entry.event) == (2, "head_renewed")
    assert verified(app) == (0, {})
    assert [name.name.split(".")[0] for name in app.config["DATA_DIR"].glob("*.until-*")]


def test_the_turn_of_the_scheduler_keeps_it_and_tells_the_log_once(app, body, at, caplog):
    from app import jobs

    write(body, at)
    past_the_guards("DELETE FROM history WHERE id = 2")
    for _ in range(3):
        jobs._head_turn()
    assert [record.message for record in caplog.records if "cut off" in record.message] == [
        "the history ends before entry 2, which was there: its end was cut off; run: flask history verify"
    ]


def test_a_key_is_made_once_whole_and_for_our_user_alone(tmp_path):
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(kept_key(tmp_path, "history_key"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 and len(made[0]) == 64 and len(made) == 8
    assert stat.S_IMODE((tmp_path / "history_key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["history_key"]


def test_an_empty_key_is_told_and_never_used(tmp_path):
    (tmp_path / "history_key").write_text(" \n")
    with pytest.raises(SettingError, match="is empty"):
        kept_key(tmp_path, "history_key")
    given = settings({"DATA_DIR": tmp_path, "HISTORY_KEY": "elsewhere", "SECRET_KEY": "x"})
    assert given["HISTORY_KEY"] == "elsewhere"


def _hash_of(number: int) -> str:
    return db.session.execute(text(f"SELECT hash FROM history WHERE id = {number}")).scalar_one()


NO_HEADS = {
    "a MAC that is no ASCII": '{"id": 1, "hash": "%s", "mac": "あ", "at": ""}' % ("a" * 64),
    "a number without end": '{"id": 1e999, "hash": "", "mac": "", "at": ""}',
    "a list": "[]",
    "a list of lists of lists": "[" * 100_000,
    "bytes": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("content", NO_HEADS.values(), ids=NO_HEADS)
def test_whatever_lies_in_place_of_the_head_fails_no_commit_and_is_told(app, body, at, content):
    as_bytes = content if isinstance(content, bytes) else content.encode()
    file(app).write_bytes(as_bytes)
    with file(app, head.LOG).open("ab") as log:
        log.write(as_bytes + b"\n")
    told = verified(app)[1]["head"]
    assert any("cannot be read" in it and head.FILE in it for it in told)
    assert any("cannot be read" in it and head.LOG in it for it in told)
    write(body, at)
    write(body, at)
    assert head.stored().id == head.last().id == 3
    assert file(app, head.BAD).read_bytes() == as_bytes


@pytest.mark.parametrize("name", [head.FILE, head.LOG, head.LOCK])
def test_a_folder_in_place_of_a_file_fails_no_commit_and_is_told(app, body, at, name):
    file(app, name).unlink()
    file(app, name).mkdir()
    write(body, at)
    write(body, at)
    assert head.last().id == 3
    assert head.forward().startswith("the head of the history cannot be kept")
    assert verified(app)[0] == (0 if name == head.LOCK else 1)


def test_a_fault_of_our_own_fails_no_commit_either(app, body, at, monkeypatch):
    monkeypatch.setattr(head, "_stored_or_put_aside", lambda: 1 / 0)
    write(body, at)
    write(body, at)
    assert head.last().id == 3
