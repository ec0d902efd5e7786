"""Approvers at their browsers, each signed in and before the button, who press it around one instant.

A browser opens a connection, sends the form of the page that it shows, is led to the receipt and fetches that too. A
person waits for all of it. The nearer the instant, the more of them press: half do within a quarter of the time.
"""

from __future__ import annotations

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from html import unescape
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlencode

from tests.benchmarks.deadline_world import Draft
from tests.benchmarks.verdict import TAKEN, Asked
from tests.faults.server import Server
from tests.faults.visitor import FORM, Visitor

GIVES_UP = 120  # seconds: longer than any proxy waits
SIGNED_IN_AT_ONCE = 2  # comparing passwords has a pace of its own
CLOSED = "を過ぎたため、提出できませんでした。入力内容は保存されています。"
_NUMBER = re.compile(r'"confirm-panel__number">.*?<strong>([^<]+)</strong>', re.DOTALL)


@dataclass(frozen=True)
class Client:
    """One approver with the page open."""

    port: int
    draft: Draft
    cookies: str
    form: bytes

    def submit(self, moment: float) -> Asked:
        """Press the button at `moment` (seconds since 1970), and read what comes of it."""
        time.sleep(max(moment - time.time(), 0))
        asked, pressed = Asked(self.draft.id, began=time.time(), sent=time.time()), time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", self.port), GIVES_UP) as line:
                request = self._request("POST", f"/applications/{self.draft.id}/submission", self.form)
                began = time.time()
                line.sendall(request)
                asked = replace(asked, began=began, sent=time.time())
                status, page, leads_to = _answer(line, "POST")
                took = time.monotonic() - pressed
                if status == TAKEN:
                    line.sendall(self._request("GET", leads_to))
                    _status, page, _ = _answer(line, "GET")
                    took = time.monotonic() - pressed
        except (OSError, HTTPException) as problem:
            return replace(asked, problem=f"{type(problem).__name__}: {problem}")
        number = _NUMBER.search(page)
        return replace(
            asked,
            status=status,
            seconds=took,
            receipt=number[1] if number and status == TAKEN else "",
            says_closed=CLOSED in page and self.draft.title in unescape(page),
        )

    def _request(self, method: str, path: str, form: bytes = b"") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n"
        if method == "POST":
            head += f"Content-Type: {FORM}\r\nContent-Length: {len(form)}\r\n"
        return f"{head}\r\n".encode() + form


def signed_in(server: Server, drafts: list[Draft]) -> list[Client]:
    """Each by the form of the sign-in, with the page of all answers open."""
    with ThreadPoolExecutor(SIGNED_IN_AT_ONCE) as some:
        return list(some.map(lambda draft: _before_the_button(server, draft), drafts))


def moments(clients: int, closes: float, seconds: float) -> list[float]:
    """When each presses: every other one before the instant, the others after it, more and more the nearer it is."""
    half = (clients + 1) // 2
    away = [seconds * ((place + 0.5) / half) ** 2 for place in range(half)]
    return [closes + (away[place // 2] if place % 2 else -away[place // 2]) for place in range(clients)]


def press(clients: list[Client], closes: float, seconds: float) -> list[Asked]:
    """All of them, each in their moment; what they saw."""
    with ThreadPoolExecutor(len(clients)) as all_of_them:
        return list(all_of_them.map(Client.submit, clients, moments(len(clients), closes, seconds)))


def _before_the_button(server: Server, draft: Draft) -> Client:
    visitor = Visitor(server.port)
    visitor.sign_in(draft.email)
    if visitor.get(f"/applications/{draft.id}/submission") != 200 or draft.title not in unescape(
        visitor.body
    ):
        raise RuntimeError(f"the page of application {draft.id} is answered {visitor.status}")
    form = urlencode({"csrf_token": visitor.token(), "seen": visitor.hidden("seen")}).encode()
    visitor.close()
    return Client(server.port, draft, visitor.cookie_header(), form)


def _answer(line: socket.socket, method: str) -> tuple[int, str, str]:
    """Status, page, and where it leads."""
    answer = HTTPResponse(line, method=method)
    answer.begin()
    page = answer.read().decode(errors="replace")
    return answer.status, page, answer.getheader("Location") or ""
