"""A client that costs next to nothing: what Python's own takes for a request is as much as a bare page takes.

A page that is measured by a slow client looks closer to the bare one than it is.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    seconds: float
    status: int
    size: int  # bytes of the body


class Client:
    """One connection, kept open as a browser keeps it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connect()

    def get(self, path: str, cookie: str = "") -> Answer:
        """Ask for `path` (quoted) and read the whole answer; once more where the server has closed the connection."""
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n" + (
            f"Cookie: {cookie}\r\n" if cookie else ""
        )
        message = f"{asked}\r\n".encode()
        try:
            return self._ask(message)
        except (ConnectionError, BrokenPipeError):
            self._connect()
            return self._ask(message)

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _ask(self, message: bytes) -> Answer:
        begun = time.perf_counter()
        self.socket.sendall(message)
        head, _, body = self._read_to(b"\r\n\r\n").partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])
        }
        left = int(headers[b"content-length"]) - len(body)
        size = len(body)
        while left > 0:
            part = self.socket.recv(min(left, 1 << 20))
            if not part:
                raise ConnectionError("the answer ended early")
            left, size = left - len(part), size + len(part)
        if headers.get(b"connection", b"").lower() == b"close":
            self._connect()
        return Answer(time.perf_counter() - begun, int(lines[0].split()[1]), size)

    def _read_to(self, mark: bytes) -> bytes:
        found = b""
        while mark not in found:
            part = self.socket.recv(1 << 16)
            if not part:
                raise ConnectionError("the server has closed the connection")
            found += part
        return found
