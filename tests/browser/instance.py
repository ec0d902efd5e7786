"""A demo of one's own: loaded through the API, served by the real server with its jobs, gone after the block."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app import calendar, create_app
from app.db import db
from app.demo.accounts import ACCOUNTS
from app.demo.loading import FIRST_DAY, load
from app.organisations.contacts import tenure_of
from app.web import clock
from config import ROOT
from tests.databases import migrate
from tests.factories import signed_in
from tests.once import compiled_once
from tests.ports import free_port

STARTS_WITHIN = 60  # seconds, also on a busy machine
STOPS_WITHIN = 20
COOKIES = "cookies.json"


@dataclass(frozen=True)
class Instance:
    """A data folder with the demo in it, and the address it is served at."""

    folder: Path
    url: str

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """An application context on its database, at its clock, as a command would have it."""
        with _application(self.folder, self.url) as app:
            yield app


def load_demo(folder: Path) -> None:
    """Fill `folder`, which must be empty, with the demo at its first day."""
    migrate(_database(folder))
    with _application(folder, "http://127.0.0.1:8000") as app:
        load()
        _sign_in_all(app, folder)


def session_cookie(folder: Path, account: str) -> str:
    """The cookie with which this account of the demo is signed in: in every copy of the folder."""
    return json.loads((folder / COOKIES).read_text())[account]


def _sign_in_all(app: Flask, folder: Path) -> None:
    """One sign-in per account, kept in the database of the demo, so that no test waits for it again."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    accounts = [account.email.partition("@")[0] for account in ACCOUNTS]
    cookies = {
        account: signer.dumps(signed_in(tenure_of(f"{account}@example.jp")) | {"_permanent": True})
        for account in accounts
    }
    db.session.commit()
    (folder / COOKIES).write_text(json.dumps(cookies))


@contextmanager
def served(folder: Path) -> Iterator[Instance]:
    """The demo in `folder`, served by gunicorn as `script/server` does: web and jobs in one process."""
    instance = Instance(folder, f"http://127.0.0.1:{free_port()}")
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                ROOT / "gunicorn.conf.py",
                "tests.browser.door:app",
            ],
            cwd=ROOT,
            env=_environment(instance),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(instance.url, server, log)
            yield instance
        finally:
            server.terminate()
            try:
                server.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _environment(instance: Instance) -> dict[str, str]:
    theirs = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BANSO_") or name == "BANSO_TEST_SCRATCH"
    }
    return theirs | {
        "BANSO_ENV": "demo",
        "BANSO_TODAY": FIRST_DAY.isoformat(),
        "BANSO_DATA_DIR": str(instance.folder),
        "BANSO_DATABASE_URL": _database(instance.folder),
        "BANSO_BASE_URL": instance.url,
        "BANSO_PORT": instance.url.rpartition(":")[2],
    }


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/sign-in", timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")


@contextmanager
def _application(folder: Path, url: str) -> Iterator[Flask]:
    app = create_app(
        {
            "ENV": "demo",
            "TODAY": FIRST_DAY,
            "DATA_DIR": folder,
            "DATABASE_URL": _database(folder),
            "BASE_URL": url,
        }
    )
    compiled_once(app)
    with app.app_context(), calendar.pinned_to(None):
        clock.sync()
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _database(folder: Path) -> str:
    return f"sqlite:///{folder}/banso.sqlite"
