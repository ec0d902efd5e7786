"""A backup made while people submit, save and letters are issued, by another process; and brought back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.applications import submission
from app.applications.models import Application, Submission
from app.backup import archive, postgresql
from app.correspondence import letters
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.organisations.models import Tenure
from app.storage import get_verified
from config import ROOT
from tests import factories
from tests.backup.conftest import NOTICE_DAY, contents, manifest_of
from tests.backup.test_restore import ADDED_TO
from tests.factories.applications import PDF, holder

BACKUPS = 2
SUBMITTED, DRAFTS, LETTERS = 60, 3, 40


@pytest.fixture
def writers(app, at) -> list[Callable[[], Iterator[None]]]:
    """Each is one person's work: a step at a time, each of which commits."""
    call = factories.call(code="R5")
    waiting = [
        factories.application("in_approval", call=call, files={f"計画{n}.pdf": PDF + b"%%%d" % n})
        for n in range(SUBMITTED)
    ]
    to_submit = [(it.id, holder("municipality_approver", it.organisation).id) for it in waiting]
    drafts = [factories.application(call=call) for _ in range(DRAFTS)]
    to_save = [(it.id, holder("municipality_editor", it.organisation).id) for it in drafts]
    to_issue = [factories.letter(state="approved").id for _ in range(LETTERS)]
    db.session.commit()

    def submit() -> Iterator[None]:
        for key, actor in to_submit:
            application = db.session.get_one(Application, key)
            submission.submit(application, actor=db.session.get_one(Tenure, actor), at=at)
            db.session.commit()
            yield

    def save(key: int, actor: int) -> Iterator[None]:
        while True:
            draft = db.session.get_one(Application, key)
            version = draft.version_of("basics")
            factories.save_basics(
                draft,
                title=f"題名{version}",
                summary="概要" * (version % 200),
                version=version,
                actor=db.session.get_one(Tenure, actor),
                at=at,
            )
            db.session.commit()
            yield

    def issue() -> Iterator[None]:
        for key in to_issue:
            letters.issue(db.session.get_one(Letter, key), on=NOTICE_DAY, at=at)
            db.session.commit()
            yield

    return [submit, issue, *(lambda it=it: save(*it) for it in to_save)]


@contextmanager
def at_work(app, writers) -> Iterator[Callable[[], int]]:
    """All of them, side by side; yields how many steps they have done."""
    done, ended = [0] * len(writers), threading.Event()

    def work(number: int, steps: Callable[[], Iterator[None]]) -> None:
        with app.app_context():
            for _ in steps():
                done[number] += 1
                if ended.wait(0.01):
                    break
            db.session.remove()

    with ThreadPoolExecutor(len(writers)) as pool:
        people = [pool.submit(work, *pair) for pair in enumerate(writers)]
        try:
            yield lambda: sum(done)
        finally:
            ended.set()
        for person in people:
            person.result(60)
    assert min(done) > 0


def back_up(app, file: Path) -> None:
    """As an administrator does it, beside the running server."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BANSO_")},
        "BANSO_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "BANSO_DATA_DIR": str(app.config["DATA_DIR"]),
        "BANSO_ENV": "testing",
        "FLASK_APP": "wsgi.py",
    }
    done = subprocess.run(
        [sys.executable, "-m", "flask", "backup", str(file)],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_backup_made_under_write_load_is_one_instant_and_comes_back_whole(app, writers, tmp_path, places):
    files = [tmp_path / f"{number}.tar" for number in range(BACKUPS)]
    with at_work(app, writers) as steps:
        seen = []
        for file in files:
            began = steps()
            back_up(app, file)
            seen.append((began, steps()))
    assert all(after > before for before, after in seen)  # nobody waited for the backup
    entries = [manifest_of(file)["history"]["entries"] for file in files]
    assert entries == sorted(set(entries)) and entries[-1] <= db.session.scalar(func.max(HistoryEntry.id))
    for file in files:
        with places() as place:
            done = place.restore(file)
            assert done.exit_code == 0, done.output
            with place.inside():
                assert_rows_are_those_of(file)
                assert_nothing_is_torn(manifest_of(file))


def assert_rows_are_those_of(file: Path) -> None:
    manifest = archive.checked(file)
    after = {
        name: len(rows) for name, rows in contents().items() if name not in {*ADDED_TO, "alembic_version"}
    }
    assert after == {name: told["rows"] for name, told in manifest["tables"].items() if name not in ADDED_TO}
    if manifest["engine"] == "postgresql":
        with db.engine.connect() as connection:
            for setting in postgresql._PLAIN:
                connection.exec_driver_sql(setting)
            for name, told in manifest["tables"].items():
                if name not in ADDED_TO:
                    assert postgresql._copy_out(connection, name, told["columns"])[0] == told["sha256"]
    else:
        snapshot = file.with_suffix(".sqlite")
        with tarfile.open(file) as tar:
            snapshot.write_bytes(tar.extractfile("database.sqlite").read())
        with closing(sqlite3.connect(snapshot)) as before:
            for name in manifest["tables"].keys() - ADDED_TO:
                rows = sorted(tuple(map(str, row)) for row in before.execute(f'SELECT * FROM "{name}"'))
                assert rows == contents()[name]


def assert_nothing_is_torn(manifest) -> None:
    """What belongs together is there together, as it was at one instant."""
    assert first_broken_entry() is None
    submitted = db.session.scalars(select(Application).where(Application.number.is_not(None))).all()
    assert sorted(it.sequence for it in submitted) == list(range(1, len(submitted) + 1))
    assert all(it.state == "submitted" and len(it.submissions) == 1 for it in submitted)
    assert db.session.scalar(select(func.count()).select_from(Submission)) == len(submitted)
    issued = db.session.scalars(select(Letter).where(Letter.state == "issued")).all()
    assert sorted(it.sequence for it in issued) == list(range(1, len(issued) + 1))
    register = db.session.scalar(select(NumberRegister).where(NumberRegister.fiscal_year == 2022))
    assert (register.last if register else 0) == len(issued)
    keys = set(db.session.scalars(select(Mail.key)))
    assert {f"letter:{letter.id}" for letter in issued} <= keys
    for letter in issued:
        assert get_verified(letter.path, letter.sha256)
    for application in submitted:
        for file in application.submissions[0].said.attachments:
            assert get_verified(file["path"], file["sha256"])
    assert {"code": "R5", "last": len(submitted)} in manifest["calls"] or not submitted


def test_saving_goes_on_while_a_backup_reads(app, writers, tmp_path):
    """No save waits for the backup: many are done before it is."""
    saves = 0
    save = writers[-1]()
    ended = threading.Event()

    def backup() -> None:
        try:
            back_up(app, tmp_path / "banso.tar")
        finally:
            ended.set()

    beside = threading.Thread(target=lambda: _in(app, backup))
    beside.start()
    while not ended.is_set():
        next(save)
        saves += 1
    beside.join()
    assert saves > 3 and (tmp_path / "banso.tar").exists()


def _in(app, act: Callable[[], None]) -> None:
    with app.app_context():
        act()
