"""Clients that send or read a byte a second, beside others who fetch pages and sign in.

A third of them is slow in the header, a third in the body of a form, a third in reading a large attachment.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPException

from app import calendar
from app.applications import attachments
from app.db import db
from app.organisations import operations
from app.permissions import EDITOR
from tests import factories
from tests.faults.server import Server
from tests.faults.visitor import FORM, PASSWORD, Visitor

PROMISE = "Nine and ninety clients of a byte a second keep nobody else waiting."
SLOW = (0, 9, 90)
OTHERS = 6
SECONDS = 12
SETTLED = 3  # seconds until each of the slow readers has its answer on the way
GIVES_UP = 15  # seconds after which a person would
AT_MOST = 3  # times the p95 without slow clients, where that is more than …
UNNOTICED = 1.0  # … a second, which nobody would put down to the server
LARGE = 20 * 1024 * 1024
EMAIL = "editor.slow@example.jp"


def prepare(_server: Server) -> None:
    """An editor whose draft has the largest file that is taken."""
    at = calendar.now()
    body = factories.organisation()
    editor = factories.tenure(EDITOR, body, person=factories.person(email=EMAIL))
    operations.set_password(editor.person, PASSWORD, at=at)
    call = factories.call(
        opens_at=datetime(2020, 1, 1, tzinfo=calendar.JST),
        closes_at=datetime(2099, 1, 1, tzinfo=calendar.JST),
    )
    draft = factories.application(call=call, organisation=body, complete=False)
    content = b"%PDF-1.7\n".ljust(LARGE - 6, b"%") + b"%%EOF\n"
    attachments.add_attachment(draft, "計画.pdf", content, max_bytes=LARGE, actor=editor, at=at)
    db.session.commit()


def run(server: Server) -> list[str]:
    broken: list[str] = []
    quiet = 0.0
    for count in SLOW:
        with slow_clients(server, count) as still_held:
            waits, failed = _others(server)
            held = still_held()
        p95 = _p95(waits)
        quiet = quiet or p95
        print(
            f"{count:3} slow clients ({held} still connected at the end): {len(waits)} requests of {OTHERS} others, "
            f"{failed} in vain; p50 {statistics.median(waits) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, "
            f"longest {max(waits) * 1000:.0f} ms",
            flush=True,
        )
        if failed:
            broken.append(f"beside {count} slow clients {failed} requests of others were not answered")
        if p95 > max(UNNOTICED, AT_MOST * quiet):
            broken.append(
                f"beside {count} slow clients the others' p95 was {p95:.1f} s, without them {quiet:.1f} s"
            )
    return broken


@contextmanager
def slow_clients(server: Server, count: int) -> Iterator:
    """`count` connections that go on at a byte a second; yields a function that counts those still open."""
    reader = Visitor(server.port)
    path = _attachment(reader) if count else ""
    wanted = (
        b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        f"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 5000\r\n\r\n".encode(),
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {reader.cookie_header()}\r\n\r\n".encode(),
    )
    open_ones = []
    for number in range(count):
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(5)
        slow.connect(("127.0.0.1", server.port))
        slow.sendall(wanted[number % 3])
        slow.setblocking(False)
        open_ones.append((slow, number % 3 == 2))
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(1):
            for slow, reads in open_ones:
                with contextlib.suppress(OSError):
                    _ = slow.recv(1) if reads else slow.send(b"a")

    beside = threading.Thread(target=drip)
    beside.start()
    time.sleep(SETTLED if count else 0)
    try:
        yield lambda: sum(_is_open(slow) for slow, _reads in open_ones)
    finally:
        ended.set()
        beside.join()
        for slow, _reads in open_ones:
            slow.close()
        reader.close()


def _attachment(reader: Visitor) -> str:
    """The address of the large file, as whoever may read it."""
    reader.sign_in(EMAIL)
    return "/applications/1/attachments/1"


def _is_open(slow: socket.socket) -> bool:
    try:
        return bool(slow.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _others(server: Server) -> tuple[list[float], int]:
    """How long each request of the others took, and how many were not answered in time."""
    until = time.monotonic() + SECONDS

    def somebody(number: int) -> tuple[list[float], int]:
        waits: list[float] = []
        failed = 0
        # One of them signs in again and again: comparing passwords has a pace of its own, slow clients or not.
        acts = (_read, _read, _enter) if number == 0 else (_read,)
        visitor = Visitor(server.port, timeout=GIVES_UP)
        for act in itertools.cycle(acts):
            begun = time.monotonic()
            if begun >= until:
                break
            try:
                act(visitor)
            except (OSError, HTTPException, RuntimeError) as problem:
                print(f"  in vain: {problem!r}", flush=True)
                failed += 1
                visitor.close()
            waits.append(time.monotonic() - begun)
        visitor.close()
        return waits, failed

    with ThreadPoolExecutor(OTHERS) as crowd:
        found = list(crowd.map(somebody, range(OTHERS)))
    return [wait for waits, _failed in found for wait in waits], sum(failed for _waits, failed in found)


def _read(visitor: Visitor) -> None:
    if visitor.get("/calls") != 200:
        raise RuntimeError(f"the page of calls answers {visitor.status}")


def _enter(visitor: Visitor) -> None:
    visitor.cookies.pop("banso", None)  # signed out; the browser stays known
    visitor.sign_in(EMAIL)


def _p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)] if len(waits) > 1 else waits[0]
