"""Requests per second, p95 and queries of the pages people live in, beside a bare page of the same size."""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from flask import Flask, g
from sqlalchemy import event, select

from app.applications.models import Application
from app.db import db
from app.demo.accounts import PASSWORD
from config import ROOT
from tests.factories import signed_in

AT_ONCE = 4
WARM_UP = 20


@dataclass(frozen=True)
class Measured:
    per_second: float
    p95: float  # seconds
    size: int  # bytes


def measure(app: Flask, url: str, *, requests: int) -> str:
    """A table: each page, its bare twin, and the ratio of the two."""
    newest = db.session.scalars(select(Application.id).where(Application.number.like("X%")).limit(1)).one()
    db.session.remove()
    pages = (
        ("home", "/", "officer@example.jp"),
        ("case list", "/applications", "officer@example.jp"),
        (
            "case list, filtered and searched",
            "/applications?q=申請19&state=not_selected&sort=-submitted_at",
            "officer@example.jp",
        ),
        ("case page", f"/applications/{newest}", "officer@example.jp"),
        ("project list", "/projects", "officer@example.jp"),
        ("public list", "/register", None),
    )
    lines = [
        "| page | requests/s | p95 | queries | bare page requests/s | bare p95 | ratio |",
        "|---|---|---|---|---|---|---|",
    ]
    env = {
        **os.environ,
        "BANSO_DATABASE_URL": url,
        "BANSO_DATA_DIR": str(app.config["DATA_DIR"]),
        "BANSO_ENV": "demo",
    }
    with served("wsgi:app", env) as ours:
        for name, path, who in pages:
            cookie = _signed_in(ours, who) if who else ""
            found = _load(ours, path, cookie, requests)
            queries = _queries(app, path, who)
            with served("tests.benchmarks.bare:app", {**env, "BARE_SIZE": str(found.size)}) as theirs:
                bare = _load(theirs, "/", "", requests)
            lines.append(
                f"| {name} ({found.size // 1024} KB) | {found.per_second:.0f} | {found.p95 * 1000:.0f} ms | {queries} "
                f"| {bare.per_second:.0f} | {bare.p95 * 1000:.0f} ms | {bare.per_second / found.per_second:.1f} |"
            )
    return (
        "\n".join(lines)
        + f"\n\nOne gunicorn worker with {AT_ONCE} threads, {AT_ONCE} clients at once, {requests} requests each."
    )


@contextmanager
def served(target: str, env: dict[str, str]) -> Iterator[int]:
    """`target` served by gunicorn on a free port of 127.0.0.1, without the jobs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:tests.benchmarks.serving",
        "--bind",
        f"127.0.0.1:{port}",
        target,
    ]
    process = subprocess.Popen(words, cwd=ROOT, env=env)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _load(port: int, path: str, cookie: str, requests: int) -> Measured:
    quoted = path if path.isascii() else _quoted(path)
    for _ in range(WARM_UP):
        _fetch(HTTPConnection("127.0.0.1", port), quoted, cookie)

    def some(count: int) -> list[tuple[float, int]]:
        connection = HTTPConnection("127.0.0.1", port)
        return [_fetch(connection, quoted, cookie) for _ in range(count)]

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = [answer for part in crowd.map(some, [requests // AT_ONCE] * AT_ONCE) for answer in part]
    took = time.perf_counter() - begun
    times = [seconds for seconds, _size in answers]
    return Measured(len(times) / took, statistics.quantiles(times, n=20)[-1], answers[-1][1])


def _fetch(connection: HTTPConnection, path: str, cookie: str) -> tuple[float, int]:
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status}")
    return time.perf_counter() - begun, len(body)


def _signed_in(port: int, address: str) -> str:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    form = urlencode({"csrf_token": found.group(1) if found else "", "email": address, "password": PASSWORD})
    connection.request(
        "POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    )
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise SystemExit(f"sign-in as {address} answers {answer.status}")
    cookies = [kept.split(";")[0] for kept in answer.headers.get_all("Set-Cookie", [])]
    return "; ".join(cookies)


def _queries(app: Flask, path: str, who: str | None) -> int:
    """How many statements one request of this page sends."""
    from app.organisations.contacts import tenure_of

    client = app.test_client()
    if who:
        cookie = signed_in(tenure_of(who))
        db.session.commit()
        with client.session_transaction() as session:
            session.update(cookie)
    db.session.remove()
    for kept in list(
        g
    ):  # the outer context is the request's too: nobody is signed in from the request before
        g.pop(kept)
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        answer = client.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return len(sent)


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/?=&-")
