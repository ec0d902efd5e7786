"""An installation with something of everything in it, and an empty place to bring it back to."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from app import calendar, create_app
from app.correspondence import letters
from app.db import db
from app.guards.searches import INDEX
from app.organisations import links
from app.organisations.operations import PASSWORD
from tests import factories
from tests.conftest import OF_A_TEST
from tests.databases import empty_database

NOTICE_DAY = date(2023, 2, 15)


FILE = "banso.tar"


@pytest.fixture
def installation(request, app, at, tmp_path, made_once) -> Flask:
    """Two issued letters with their mails, applications with files in every state, a link that is out; its backup, for who asks."""

    def make() -> None:
        call = factories.call(code="R5")
        for state in ("draft", "submitted", "returned", "accepted"):
            factories.application(state, call=call)
        for _ in range(2):
            letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
        factories.letter()
        person = factories.person(email="someone@example.jp")
        db.session.flush()
        links.make(PASSWORD, person.id, expires_at=at + timedelta(days=3))
        links.make("membership", 1, expires_at=at + timedelta(days=3))
        db.session.commit()

    def make_and_back_up() -> None:
        make()
        done = run_in(app, "backup", tmp_path / FILE)
        assert done.exit_code == 0, done.output

    if app.config["STORAGE_URL"].startswith("s3:"):
        make()  # its files are in a bucket of this test's own
    elif "backup" in request.fixturenames:
        made_once("an installation and its backup", make_and_back_up)
    else:
        made_once("an installation", make)
    return app


@pytest.fixture
def run(app) -> Callable[..., Any]:
    """A command of the installation: its result."""

    def invoke(*arguments: object) -> Any:
        return run_in(app, *arguments)

    return invoke


def run_in(app: Flask, *arguments: object) -> Any:
    db.session.remove()
    with app.app_context():  # a command takes the context that it finds
        return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@pytest.fixture
def backup(installation, tmp_path) -> Path:
    """The installation's backup."""
    return tmp_path / FILE


@dataclass
class Place:
    """An empty database, storage and data folder, and the application that would use them."""

    app: Flask
    folder: Path
    at_first: dict[str, bytes] = field(default_factory=dict)  # what the start has made: keys

    def __post_init__(self) -> None:
        self.at_first = self._files()

    def restore(self, file: Path) -> Any:
        return run_in(self.app, "restore", file)

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context():
            yield
            db.session.remove()

    def is_empty(self) -> bool:
        """Neither tables nor files, nor anything by half; only what a start leaves."""
        with self.inside():
            tables = inspect(db.engine).get_table_names()
            db.engine.dispose()
        return tables == [] and self._files() == self.at_first

    def _files(self) -> dict[str, bytes]:
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.stat().st_size)
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}


@contextmanager
def an_empty_place(folder: Path, at: datetime) -> Iterator[Place]:
    with empty_database() as url:
        app = create_app({**OF_A_TEST, "DATABASE_URL": url, "DATA_DIR": folder, "SECRET_KEY": None})
        app.config.update(PINNED_CLOCK=at + timedelta(days=1), WTF_CSRF_ENABLED=False)
        yield Place(app, folder)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        calendar.pin(at)


@pytest.fixture
def place(tmp_path, at) -> Iterator[Place]:
    with an_empty_place(tmp_path / "restored", at) as made:
        yield made


@pytest.fixture
def places(tmp_path, at) -> Callable[[], Any]:
    """As many as are asked for, one after the other."""
    numbers = count(1)
    return lambda: an_empty_place(tmp_path / f"restored {next(numbers)}", at)


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the application in whose context this is."""
    with db.engine.connect() as connection:
        found = {
            table: [tuple(map(str, row)) for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
            for table in inspect(connection).get_table_names()
            if not table.startswith(INDEX)  # an index is made of what is compared
        }
        connection.rollback()
    return {table: sorted(rows) for table, rows in found.items()}


def manifest_of(file: Path) -> dict[str, Any]:
    with tarfile.open(file) as tar:
        return json.loads(tar.extractfile("manifest.json").read())


def rewritten(file: Path, **instead: bytes | None) -> Path:
    """A copy of the archive with other members: by name (/ and . as __), None to leave one out."""
    copy = file.with_name("rewritten.tar")
    with tarfile.open(file) as old, tarfile.open(copy, "w") as new:
        for info in old:
            content = instead.pop(info.name, old.extractfile(info).read())
            if content is not None:
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
        for name, content in instead.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return copy
