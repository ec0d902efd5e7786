"""The product as an office runs it, with a data folder and a database of its own; nothing is left behind.

    with served("postgresql", prepare=put_records_there) as server:
        server.url, server.port, server.folder, server.database_url
        with server.inside(): ...         # an application context on its database, as a command has it
        server.kill(); server.start()     # kill -9 of every process of it, and a new start on the same data
        server.kill(whole=False); server.up_again()     # of the worker alone, which the first process replaces
        server.stop()                     # as SIGTERM does it
        server.log()                      # what it has said

It runs in production: the machine's clock, no demo, nothing loaded. `prepare` is called before the start, inside an
application context, and commits for itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade

from app import calendar, create_app
from app.db import db
from app.web import clock
from config import ROOT
from tests.databases import embedded
from tests.ports import free_port

ENGINES = ("sqlite", "postgresql")
STARTS_WITHIN = 90  # seconds, also on a busy machine
STOPS_WITHIN = 30


class Server:
    """gunicorn with the configuration that script/server uses, as a child process."""

    def __init__(self, folder: Path, database_url: str, environment: dict[str, str] | None = None) -> None:
        self.folder, self.database_url = folder, database_url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def engine(self) -> str:
        return "sqlite" if self.database_url.startswith("sqlite") else "postgresql"

    @property
    def pid(self) -> int:
        """Of gunicorn's first process; its workers are the children of this one."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it answers. Raises RuntimeError with its log when it does not."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", ROOT / "gunicorn.conf.py"],
                cwd=ROOT, env=self._settings(), stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.log()[-3000:]}")

    def stop(self) -> int | None:
        """End it as SIGTERM does: the exit status, None when it was not running."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.terminate()
        try:
            return process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()

    def kill(self, *, whole: bool = True) -> None:
        """kill -9 of all its processes at once, as when the machine loses its power; or of the worker alone."""
        if not whole:
            for worker in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
                os.kill(int(worker), signal.SIGKILL)
            return
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def up_again(self) -> None:
        """Start it where it was killed as a whole; wait until it answers. Raises RuntimeError when it does not."""
        if self._process is None:
            self.start()
            return
        until = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if time.monotonic() > until:
                raise RuntimeError(f"no worker came in place of the killed one:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """An application context on its database and data folder, as a command would have it."""
        app = create_app(
            {"ENV": "production", "DATABASE_URL": self.database_url, "DATA_DIR": self.folder,
             "BASE_URL": self.url, "TODAY": None, **{name.removeprefix("BANSO_"): value
             for name, value in self.environment.items()}}
        )  # fmt: skip
        with app.app_context(), calendar.pinned_to(None):
            clock.sync()
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    @property
    def _log(self) -> Path:
        return self.folder.parent / "server.log"

    def _settings(self) -> dict[str, str]:
        theirs = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("BANSO_") and name != "WEB_CONCURRENCY"
        }
        return theirs | {
            "BANSO_ENV": "production",
            "BANSO_DATA_DIR": str(self.folder),
            "BANSO_DATABASE_URL": self.database_url,
            "BANSO_BASE_URL": self.url,
            "BANSO_PORT": str(self.port),
            **self.environment,
        }

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as asked:
                asked.sendall(b"GET /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return asked.recv(12).endswith(b"200")
        except OSError:
            return False


@contextmanager
def served(
    engine: str,
    *,
    prepare: Callable[[Server], Any] | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[Server]:
    """A started server on a new, migrated database of `engine`, in which `prepare` has put what it needs."""
    with tempfile.TemporaryDirectory(prefix="banso-fault-", ignore_cleanup_errors=True) as place:
        folder = Path(place) / "data"
        folder.mkdir()
        with _database(engine, Path(place)) as url:
            server = Server(folder, url, environment)
            with server.inside():
                upgrade()
                if prepare:
                    prepare(server)
            try:
                server.start()
                yield server
            finally:
                server.stop()


@contextmanager
def _database(engine: str, place: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{place / 'data' / 'banso.sqlite'}"
        return
    cluster = place / "postgresql"
    server = embedded(place).get_server(cluster, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE banso")
        yield (
            server.get_uri()
            .replace("/postgres?", "/banso?")
            .replace("postgresql://", "postgresql+psycopg://")
        )
    finally:
        server.cleanup()
        shutil.rmtree(cluster, ignore_errors=True)
