"""What Banso writes is for its own user alone, from the first second: files 0600, folders 0700, keys whole or not at all."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import private
from app.doctor import checks
from config import ROOT, SettingError, kept_key, settings

WHATEVER_IS_WRITTEN = """
import os
from app import create_app
from app.db import db
import tests.factories as factories

os.umask(0)  # whoever starts us may have been generous

def never(*_args, **_kwargs):
    raise AssertionError("made first, and closed to others only later")

os.chmod = os.fchmod = never
app = create_app()
with app.app_context():
    from app import calendar, jobs
    from app.correspondence import delivery
    from app.schedule import work
    from app.storage import storage

    db.create_all()
    storage().put(b"a letter", ".pdf")
    factories.mail()
    db.session.commit()
    assert delivery.deliver_due(at=calendar.now())["kept"] == 1
    if db.engine.dialect.name == "sqlite":
        with jobs._alone(), work._turn(1):
            pass
    held = db.engine.connect()  # so that the -wal is still there
    held.exec_driver_sql("SELECT 1")
    db.session.commit()
    print(oct(os.umask(0)))
    for folder, _folders, files in os.walk(app.config["DATA_DIR"]):
        for path in (folder, *(os.path.join(folder, file) for file in files)):
            print(oct(os.stat(path).st_mode & 0o777), os.path.relpath(path, app.config["DATA_DIR"]))
"""


def run(program: str, data: Path, **environment: str) -> list[str]:
    settings_of_it = {"BANSO_DATA_DIR": str(data), "BANSO_ENV": "testing", "PYTHONPATH": str(ROOT)}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BANSO_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**clean, **settings_of_it, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        umask=0,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_whatever_is_written_is_for_the_owner_alone_though_the_umask_lets_all_read(tmp_path):
    _, *listed = run(WHATEVER_IS_WRITTEN, tmp_path / "new" / "data")
    modes = {name: mode for mode, name in (line.split(" ", 1) for line in listed)}
    for name in ("banso.sqlite", "banso.sqlite-wal", "banso.sqlite-shm", "secret_key", "jobs.lock", "work/1"):
        assert name in modes
    assert any(name.endswith(".eml") for name in modes) and any(name.endswith(".pdf") for name in modes)
    wide = {name: mode for name, mode in modes.items() if mode not in ("0o600", "0o700")}
    assert wide == {} and modes["."] == modes["files"] == modes["mail"] == "0o700"


@pytest.mark.parametrize("door", ["import wsgi", "import runpy; runpy.run_path('gunicorn.conf.py')"])
def test_every_process_takes_rights_from_others_from_its_first_line(tmp_path, door):
    assert run(f"{door}; import os; print(oct(os.umask(0)))", tmp_path)[-1] == "0o77"


SERVED = {  # what script/server calls, in its place
    "script/setup": "exit 0",
    ".venv/bin/flask": "echo a password",
    ".venv/bin/gunicorn": "true",
    "migrations/versions/0001.py": "",
}


def test_what_script_server_writes_itself_is_for_the_owner_alone_too(tmp_path):
    (tmp_path / "script").mkdir()
    for name in ("server", "_common"):
        shutil.copy(ROOT / "script" / name, tmp_path / "script")
    for name, does in SERVED.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    data = tmp_path / "new" / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BANSO_")}
    done = subprocess.run(
        [tmp_path / "script" / "server", "--port", str(port)],
        env={**clean, "BANSO_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        umask=0,
    )
    assert done.returncode == 0, done.stderr
    assert "a password" in (data / "accounts.txt").read_text()
    assert {mode_of(file) for file in data.iterdir()} == {0o600}
    assert {mode_of(data), mode_of(data.parent)} == {0o700}


def test_what_an_earlier_version_left_open_is_closed_at_the_start(tmp_path):
    data = tmp_path / "data"
    letter, mail = data / "files" / "ab" / "abcd.pdf", data / "mail" / "00000001.eml"
    foreign = data / "notes of the administrator.txt"
    for file in (letter, mail, data / "banso.sqlite", data / "last-step.log", foreign):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        file.chmod(0o644)
    for folder in (data, data / "files", letter.parent, mail.parent):
        folder.chmod(0o755)
    settings({"DATA_DIR": data})
    for file in (letter, mail, data / "banso.sqlite", data / "last-step.log"):
        assert mode_of(file) == 0o600, file
    for folder in (data, data / "files", letter.parent, mail.parent):
        assert mode_of(folder) == 0o700, folder
    assert mode_of(foreign) == 0o644  # not ours; nobody comes through the folder any more


def test_a_folder_that_everybody_shares_is_not_taken_from_them(tmp_path):
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    settings({"DATA_DIR": shared})
    assert mode_of(shared) == 0o1777
    assert mode_of(shared / "secret_key") == 0o600


def test_the_doctor_tells_what_others_can_read_and_cannot_be_closed(app, monkeypatch):
    secret = app.config["DATA_DIR"] / "secret_key"
    secret.write_text("0" * 64)
    secret.chmod(0o644)

    def refuse(*_args, **_kwargs):
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as of_another_owner:
        of_another_owner.setattr(private.os, "chmod", refuse)
        told = dict(checks())["files for nobody else"]
    assert "secret_key" in told and "chmod" in told
    assert dict(checks())["files for nobody else"] == ""
    assert mode_of(secret) == 0o600


# Keys


def test_a_key_is_made_once_and_kept(tmp_path):
    key = kept_key(tmp_path, "secret_key")
    assert len(key) == 64 and key == kept_key(tmp_path, "secret_key") == (tmp_path / "secret_key").read_text()
    assert kept_key(tmp_path, "another_key") != key
    assert sorted(file.name for file in tmp_path.iterdir()) == ["another_key", "secret_key"]


@pytest.mark.parametrize("left", ["", "\n", "0" * 20, " " * 64])
def test_an_empty_or_short_key_is_never_used_and_the_start_says_how_to_mend_it(tmp_path, left):
    (tmp_path / "secret_key").write_text(left)
    with pytest.raises(SettingError) as refused:
        settings({"DATA_DIR": tmp_path})
    told = str(refused.value)
    assert str(tmp_path / "secret_key") in told and "delete it" in told and "BANSO_SECRET_KEY" in told
    assert (tmp_path / "secret_key").read_text() == left  # what was found is for a person to look at


def test_a_key_given_by_the_environment_needs_no_file(tmp_path):
    (tmp_path / "secret_key").write_text("")
    assert settings({"DATA_DIR": tmp_path, "SECRET_KEY": "given"})["SECRET_KEY"] == "given"


def test_a_disk_that_fills_while_the_key_is_written_leaves_no_key(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as filling:
        filling.setattr("os.fsync", full)
        with pytest.raises(SettingError, match="No space left"):
            kept_key(tmp_path, "secret_key")
    assert list(tmp_path.iterdir()) == []
    assert len(kept_key(tmp_path, "secret_key")) == 64


def test_a_disk_that_knows_no_links_has_keys_too(tmp_path, monkeypatch):
    def unknown(*_args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", unknown)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: kept_key(tmp_path, "secret_key"), range(32)))
    assert len(keys) == 1 and [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_of_many_threads_that_start_at_once_all_have_one_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: kept_key(tmp_path, "secret_key"), range(64)))
    assert len(keys) == 1


def test_of_many_first_starts_at_once_all_have_one_key(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from config import kept_key\n"
        "while not Path(sys.argv[1], 'go').exists(): time.sleep(0.001)\n"
        "print(kept_key(Path(sys.argv[1], 'data'), 'secret_key'))"
    )
    (tmp_path / "data").mkdir()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(12)
    ]
    (tmp_path / "go").touch()
    keys = {process.communicate(timeout=60)[0] for process in started}
    assert len(keys) == 1 and len(keys.pop().strip()) == 64
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("arguments", [[], [":memory:"], [""], ["file:x?mode=memory"], ["/no/such/folder/x"]])
def test_a_database_that_is_no_file_is_left_alone(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    private.database_file(arguments)
    assert list(tmp_path.iterdir()) == []


def test_making_the_database_file_leaves_the_locks_of_a_running_one_alone(tmp_path):
    """POSIX locks go when any handle on the file is closed, and the other processes then write beside each other."""
    place = tmp_path / "banso.sqlite"
    with closing(sqlite3.connect(place, isolation_level=None)) as held:
        held.execute("CREATE TABLE t (x)")
        held.execute("BEGIN IMMEDIATE")
        private.database_file([str(place)])
        other = f"import sqlite3; sqlite3.connect({str(place)!r}, timeout=0).execute('BEGIN IMMEDIATE')"
        tried = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=False)
        assert "database is locked" in tried.stderr
