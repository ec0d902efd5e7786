"""script/profile: where the time of one page goes. Its statements with what each took, then what Python spends it on."""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event

from app.db import db
from app.organisations.contacts import tenure_of
from config import ROOT
from tests import factories
from tests.benchmarks.postgresql import a_server
from tests.benchmarks.scale import demo, grow_to

REQUESTS = 50
NOBODY = "-"


def main() -> None:
    words = argparse.ArgumentParser(prog="script/profile", description=__doc__)
    words.add_argument("page", help="its address, such as /applications?page=2")
    words.add_argument(
        "who", nargs="?", default="officer@example.jp", help="an account of the demo, or - for nobody"
    )
    words.add_argument("--applications", type=int, default=2_000, help="how many there are (2000)")
    words.add_argument("--lines", type=int, default=40, help="how many functions are told (40)")
    chosen = words.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="banso-profile-") as name,
        a_server(Path(name)) as url,
        demo(url, Path(name) / "data") as app,
    ):
        grow_to(chosen.applications)
        client = _client(app, chosen.who)
        for _ in range(5):
            if (status := client.get(chosen.page).status_code) != 200:
                raise SystemExit(f"{chosen.page} answers {status}")
        _tell_statements(app, client, chosen.page)
        _tell_functions(client, chosen.page, chosen.lines)


def _client(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    if who != NOBODY:
        cookie = factories.signed_in(tenure_of(who))
        db.session.commit()
        with client.session_transaction() as session:
            session.update(cookie)
    db.session.remove()
    for name in list(g):
        g.pop(name)
    return client


def _tell_statements(app: Flask, client: FlaskClient, page: str) -> None:
    begun, took = [0.0], []

    def before(*_asked: Any) -> None:
        begun[0] = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        took.append((time.perf_counter() - begun[0], " ".join(statement.split())))

    event.listen(db.engine, "before_cursor_execute", before)
    event.listen(db.engine, "after_cursor_execute", after)
    client.get(page)
    event.remove(db.engine, "before_cursor_execute", before)
    event.remove(db.engine, "after_cursor_execute", after)
    print(f"\n{len(took)} statements")
    for seconds, statement in took:
        print(f"{seconds * 1000:8.2f} ms  {statement[:160]}")


def _tell_functions(client: FlaskClient, page: str, lines: int) -> None:
    cpu = time.process_time()
    for _ in range(REQUESTS):
        client.get(page)
    print(
        f"\n{(time.process_time() - cpu) / REQUESTS * 1000:.2f} ms of the processor for a request. With a profiler, which slows it:\n"
    )
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(REQUESTS):
        client.get(page)
    profile.disable()
    found = [
        (whole / REQUESTS * 1000, calls / REQUESTS, own / REQUESTS * 1000, f"{_short(file)}:{line} {name}")
        for (file, line, name), (_, calls, own, whole, _callers) in pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    ]
    print("with what it calls   calls      alone")
    for whole, calls, own, where in sorted(found, reverse=True)[:lines]:
        print(f"{whole:12.2f} ms {calls:10.1f} {own:8.2f} ms  {where}")


def _short(file: str) -> str:
    return file.rpartition("site-packages/")[2].removeprefix(f"{ROOT}/")


main()
