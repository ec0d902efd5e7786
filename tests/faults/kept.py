"""Strangers send forms without a session, as fast as the server takes them: what of it is stored.

First from one address, then from many (the server is told to trust one proxy, so that each request can name its own),
then with bodies of 25 MB. What a whole hour would store is not waited for: what is kept is bounded at any instant, and
what is kept of strangers goes after an hour; the figure of an hour is that bound, and the rate is told beside it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

from sqlalchemy import func, select

from app import calendar
from app.db import db
from app.web import keeping
from app.web.keeping import KeptEntries
from tests.faults.server import Server
from tests.faults.visitor import FORM

PROMISE = "Strangers' entries fill at most 2 MB from one address and 20 MB from all, however many are sent."
ENVIRONMENT = {"BANSO_TRUSTED_PROXIES": "1"}
SECONDS = 15
THREADS = 6
MEBIBYTE = 1024 * 1024
LARGE = 25 * MEBIBYTE
TEXTS = {"largest": keeping.LARGEST_SET - 100, "small": 40}


def run(server: Server) -> list[str]:
    broken = []
    for what, origins, most in (
        ("one address", 1, keeping.PER_ORIGIN),
        ("200 addresses", 200, keeping.OF_STRANGERS),
    ):
        for size, length in TEXTS.items():
            sent, received, answers, took = _attack(server, origins, length)
            rows, stored = _stored(server)
            print(
                f"{what}, {size} sets: {sum(answers.values())} requests in {took:.0f} s ({_told(answers)}), "
                f"{sent / MEBIBYTE:.1f} MB sent, {received / MEBIBYTE:.1f} MB answered; "
                f"stored now: {rows} sets, {stored:,} bytes (at most {most:,}; unbounded it would be "
                f"{sent / took * 3600 / MEBIBYTE:,.0f} MB in an hour at this rate)",
                flush=True,
            )
            if stored > most:
                broken.append(f"from {what} {stored:,} bytes are stored")
            if any(status >= 500 for status in answers):
                broken.append(f"from {what} the server stumbled: {_told(answers)}")
    broken += _large_bodies(server)
    with server.inside():
        gone = keeping.sweep(at=calendar.now() + keeping.KEPT_FOR_A_BROWSER)
        db.session.commit()
        left = db.session.scalar(select(func.count()).select_from(KeptEntries)) or 0
    print(f"an hour later the clockwork deletes all {gone} sets; {left} are left", flush=True)
    if left:
        broken.append(f"{left} sets stay after their time")
    return broken


def _attack(server: Server, origins: int, length: int) -> tuple[int, int, Counter[int], float]:
    """Bytes sent and answered, how often each status, and seconds."""
    answers: Counter[int] = Counter()
    sent, received = [0] * THREADS, [0] * THREADS
    began = time.monotonic()

    def send(place: int) -> None:
        number = place
        body = f"title={'x' * length}".encode()
        while time.monotonic() < began + SECONDS:
            number += THREADS
            origin = f"198.51.{100 + number % origins // 250}.{number % origins % 250 + 1}"
            status, size = _post(server, body, origin)
            answers[status] += 1
            sent[place] += len(body)
            received[place] += size

    threads = [threading.Thread(target=send, args=(place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(sent), sum(received), answers, time.monotonic() - began


def _large_bodies(server: Server) -> list[str]:
    before = _stored(server)
    body = f"title={quote('長')}".encode() * (LARGE // 15)
    answers = Counter(_post(server, body[:LARGE], "203.0.113.1")[0] for _ in range(5))
    print(
        f"five bodies of 25 MB: {_told(answers)}; {_stored(server)[1] - before[1]} bytes stored", flush=True
    )
    if _stored(server) != before or set(answers) - {413, 0}:
        return [f"bodies of 25 MB were answered {_told(answers)}"]
    return []


def _post(server: Server, body: bytes, origin: str) -> tuple[int, int]:
    """Status and length of the answer; 0 where the server ended the connection before it had all."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Content-Type": FORM, "Origin": server.url, "X-Forwarded-For": origin}
    try:
        connection.request("POST", "/calls/new", body, headers)
        answer = connection.getresponse()
        return answer.status, len(answer.read())
    except (HTTPException, OSError):
        return 0, 0
    finally:
        connection.close()


def _stored(server: Server) -> tuple[int, int]:
    with server.inside():
        query = select(func.count(), func.coalesce(func.sum(KeptEntries.size), 0))
        rows, stored = db.session.execute(query).one()
        return rows, stored


def _told(answers: Counter[int]) -> str:
    return ", ".join(f"{count} × {status or 'ended'}" for status, count in sorted(answers.items()))
