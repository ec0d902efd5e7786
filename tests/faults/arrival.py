"""Two hundred approvers send their submission around the instant at which the call closes.

Each has a session and a complete draft of their own. Half of them have sent all but the last byte some time before.
"Sent before" is when the client's clock, read after its last byte was handed to the kernel, was before the instant;
"sent after" when it was read before the last byte was sent, and was not.
"""

from __future__ import annotations

import socket
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import select

from app import calendar
from app.applications.models import Application, Submission
from app.db import db
from app.organisations import operations
from app.permissions import APPROVER
from app.programmes.models import Call
from tests import factories
from tests.faults.server import Server
from tests.faults.visitor import FORM, PASSWORD, Visitor

PROMISE = "What was sent before a call closed is taken, what was sent after is not, however long it waits."
CLIENTS = 200
LATE = 40  # of them, sent after the instant
BEFORE, AFTER = 2.0, 1.0  # seconds around the instant in which all of them send
LEAD = 8  # seconds from the last preparation to the instant
GIVES_UP = 300


@dataclass
class Client:
    """One approver before the button."""

    raw: bytes
    early: int  # bytes that are sent well before the last one
    connection: socket.socket
    began: float = 0.0  # by the clock, before the last byte was sent
    sent: float = 0.0  # … and after it
    status: str = ""
    answered: float = 0.0

    def wait(self) -> None:
        with self.connection:
            try:
                self.status = self.connection.recv(12).decode()[9:] or "closed"
                self.answered = time.time()
                while self.connection.recv(65536):
                    pass
            except OSError as problem:
                self.status = self.status or type(problem).__name__


def prepare(_server: Server) -> None:
    at = calendar.now()
    call = factories.call(
        code="R9", opens_at=datetime(2020, 1, 1, tzinfo=calendar.JST), closes_at=at + timedelta(days=1)
    )
    first = None
    for number in range(CLIENTS):
        body = factories.organisation()
        person = factories.person(email=f"approver{number}@example.jp")
        approver = factories.tenure(APPROVER, body, person=person)
        if first is None:
            operations.set_password(approver.person, PASSWORD, at=at)
            first = approver.person
        approver.person.password_hash = first.password_hash
        factories.application(call=call, organisation=body, at=at)
    db.session.commit()


def run(server: Server) -> list[str]:
    with server.inside():
        ids = list(db.session.scalars(select(Application.id).order_by(Application.id)))
    with ThreadPoolExecutor(2) as crowd:
        requests = list(crowd.map(lambda number: _ready(server, number, ids[number]), range(CLIENTS)))
    clients = [
        Client(
            raw,
            len(raw) - 1 if number % 2 else 0,
            socket.create_connection(("127.0.0.1", server.port), GIVES_UP),
        )
        for number, raw in enumerate(requests)
    ]
    closes = _close_the_call(server)
    with ThreadPoolExecutor(CLIENTS) as waiting:
        for client in clients:
            waiting.submit(client.wait)
        _send(clients, closes)
    return [*_told(clients, closes), *_recorded(server, closes)]


def _ready(server: Server, number: int, application_id: int) -> bytes:
    """The request of a signed-in approver who has read the application, without pressing the button."""
    visitor = Visitor(server.port)
    visitor.sign_in(f"approver{number}@example.jp")
    address = f"/applications/{application_id}/submission"
    visitor.get(address)
    form = urlencode({"csrf_token": visitor.token(), "seen": visitor.hidden("seen")})
    visitor.close()
    head = (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
        f"Cookie: {visitor.cookie_header()}\r\nContent-Type: {FORM}\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    return (head + form).encode()


def _close_the_call(server: Server) -> float:
    with server.inside():
        closes = calendar.now().replace(microsecond=0) + timedelta(seconds=LEAD)
        db.session.scalars(select(Call)).one().closes_at = closes
        db.session.commit()
    return closes.timestamp()


def _send(clients: list[Client], closes: float) -> None:
    """Evenly over the seconds before the instant, and over those after it."""
    in_time = len(clients) - LATE
    moments = [closes - BEFORE * (place + 1) / in_time for place in range(in_time)]
    moments += [closes + AFTER * (place + 0.5) / LATE for place in range(LATE)]
    for client in clients:
        client.connection.sendall(client.raw[: client.early])
    for moment, client in sorted(zip(moments, clients, strict=True), key=lambda pair: pair[0]):
        time.sleep(max(moment - time.time(), 0))
        client.began = time.time()
        client.connection.sendall(client.raw[client.early :])
        client.sent = time.time()


def _told(clients: list[Client], closes: float) -> list[str]:
    before = [it for it in clients if it.sent < closes]
    after = [it for it in clients if it.began >= closes]
    refused = sum(it.status == "422" for it in before)
    taken = sum(it.status == "302" for it in after)
    amiss = Counter(it.status for it in clients if it.status not in ("302", "422"))
    waits = sorted(it.answered - it.sent for it in clients if it.answered)
    unanswered_then = sum(it.answered >= closes for it in before)
    print(
        f"{len(before)} sent before the instant, {refused} of them refused ({unanswered_then} were answered after it); "
        f"{len(after)} sent after it, {taken} of them taken; {sum(amiss.values())} otherwise answered {dict(amiss) or ''}\n"
        f"answered after p50 {statistics.median(waits):.1f} s, p95 {waits[int(len(waits) * 0.95)]:.1f} s, "
        f"longest {waits[-1]:.1f} s",
        flush=True,
    )
    broken = []
    if refused:
        broken.append(f"{refused} of {len(before)} that were sent before the instant were refused")
    if taken:
        broken.append(f"{taken} of {len(after)} that were sent after the instant were taken")
    if amiss:
        broken.append(f"{sum(amiss.values())} were neither taken nor refused: {dict(amiss)}")
    if not unanswered_then or not after:
        broken.append("the server was so quick that nothing was tried; raise CLIENTS")
    return broken


def _recorded(server: Server, closes: float) -> list[str]:
    with server.inside():
        received = list(db.session.scalars(select(Submission.received_at)))
        dealt_with = list(db.session.scalars(select(Submission.created_at)))
    late = sum(it.timestamp() >= closes for it in received)
    print(
        f"on record: {len(received)} submissions, the last received {max(received).isoformat()}, "
        f"dealt with until {max(dealt_with).isoformat()}"
    )
    return [f"{late} submissions are on record as received after the instant"] if late else []
