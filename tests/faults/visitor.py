"""A person at a browser, as far as the server can tell: keeps cookies, takes the token of each form, signs in."""

from __future__ import annotations

import re
import time
from http.client import HTTPConnection
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
TRIES = 10
PASSWORD = "correct horse battery staple"  # of the people that a fault makes


class Visitor:
    """One connection at a time, kept alive; `status`, `body` and `location` are of the last answer."""

    def __init__(self, port: int, timeout: float = 60) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.cookies: dict[str, str] = {}
        self.status, self.body, self.location = 0, "", ""

    def get(self, path: str) -> int:
        return self._ask("GET", path, None, {})

    def post(self, path: str, *, by_itself: bool = False, **entries: str) -> int:
        """A form with the token of the page that was last fetched; `by_itself` as the autosave sends it."""
        form = urlencode({"csrf_token": self.token(), **entries})
        accepted = {"Accept": "application/json"} if by_itself else {}
        return self._ask("POST", path, form, {"Content-Type": FORM} | accepted)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        for _ in range(TRIES):
            self.get("/sign-in")
            status = self.post("/sign-in", email=email, password=password)
            if status != 503:  # too many passwords at once: told to try again, as people do
                break
            time.sleep(1)
        if status != 302:
            raise RuntimeError(f"sign-in as {email} answers {status}")

    def token(self) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.body)
        return found.group(1) if found else ""

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page that was last fetched."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.body)
        return found.group(1) if found else ""

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        self.connection.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> int:
        if self.cookies:
            headers = headers | {"Cookie": self.cookie_header()}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        self.status, self.location = answer.status, answer.getheader("Location") or ""
        page = answer.read().decode(errors="replace")
        self.body = page or self.body
        return self.status
