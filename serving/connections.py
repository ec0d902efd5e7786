"""A client's connection: whole requests, each with the instant its last byte came in."""

from __future__ import annotations

import socket
import struct
import time
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from wsgiref.util import FileWrapper

from waitress.buffers import OverflowableBuffer, ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import logger

from config import LARGEST_BODY
from serving import ARRIVED_AT
from serving.patience import Standing

# Linux stamps what it receives (socket(7)); Python has no name for it.
SO_TIMESTAMPNS = SCM_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")
_ROOM = socket.CMSG_SPACE(_TIMESPEC.size)

ACCEPTED_AT_ONCE = 64
SENT_AT_ONCE = 128 * 1024


class Body(OverflowableBuffer):
    """What came in of a body. Beyond `at_most` bytes it is only counted: nothing too large is ever kept."""

    def __init__(self, overflow: int, at_most: int) -> None:
        super().__init__(overflow)
        self.at_most, self.dropped = at_most, 0

    def append(self, s: bytes) -> None:
        if len(self) + len(s) > self.at_most:
            self.dropped += len(s)
        else:
            super().append(s)

    def __len__(self) -> int:
        return super().__len__() + self.dropped

    @property
    def held(self) -> int:
        return len(self) - self.dropped


class Request(HTTPRequestParser):
    """A request as it comes in. One that is too large is read to its end, so that the client hears our answer."""

    def __init__(self, adj: Any, connection: Connection) -> None:
        super().__init__(adj)
        self.connection = connection
        self.begun = time.monotonic()
        self.moved = 0
        self.arrived_at = 0.0

    def received(self, data: bytes) -> int:
        taken: int = super().received(data)
        self.moved += taken
        if self.completed:
            self.arrived_at = self.connection.stamp
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ParsingError:
            raise
        except ValueError as problem:  # an address or a length that the standard library stumbles over
            raise ParsingError("The header cannot be read") from problem
        if self.body_rcv is not None:
            # The application refuses by the declared length alone, and by one byte too many where none is declared.
            at_most = 0 if self.content_length > LARGEST_BODY else LARGEST_BODY + 1
            self.body_rcv.buf = Body(self.adj.inbuf_overflow, at_most)

    @property
    def held(self) -> int:
        return self.body_rcv.getbuf().held if self.body_rcv is not None else 0


class _Logged:
    """A line in gunicorn's access log for each answer."""

    channel: Any
    request: Any
    status: str
    response_headers: list[tuple[str, str]]
    content_bytes_written: int

    def service(self) -> None:
        begun = datetime.now()  # noqa: DTZ005 (only subtracted)
        try:
            super().service()  # type: ignore[misc]
        finally:
            log = self.channel.server.log
            if log.access_log_enabled:
                answer = SimpleNamespace(
                    status=self.status, sent=self.content_bytes_written, headers=self.response_headers
                )
                took = datetime.now() - begun  # noqa: DTZ005
                log.access(answer, list(self.request.headers.items()), self.get_environment(), took)

    def get_environment(self) -> dict[str, Any]:
        """Of a request that could not be read, what the log needs."""
        return {
            "REMOTE_ADDR": self.channel.addr[0],
            "REQUEST_METHOD": "-",
            "RAW_URI": "-",
            "SERVER_PROTOCOL": "-",
        }


def handed_over(file: Any, piece: int = SENT_AT_ONCE) -> Any:
    """What sends a file. One on the disk goes to the loop as it is, however long: it costs what it is open for, no thread.

    One in memory would stay there until the slowest reader has it; a copy of it goes to the disk, as of any answer.
    """
    try:
        file.fileno()
    except (AttributeError, OSError):
        return FileWrapper(file, piece)
    return ReadOnlyFileBasedBuffer(file, piece)


class Answer(_Logged, WSGITask):
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = WSGITask.get_environment(self)
        environ[ARRIVED_AT] = self.request.arrived_at
        environ["RAW_URI"] = environ["REQUEST_URI"]
        environ["wsgi.file_wrapper"] = handed_over
        return environ


class Refusal(_Logged, ErrorTask):
    """Of what is no request."""


class Connection(HTTPChannel):
    task_class = Answer
    error_task_class = Refusal

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.sendbuf_len: int = SENT_AT_ONCE
        self.stamp = time.time()
        self.touched = time.monotonic()
        self.served = 0
        self._sending: tuple[int, float, int] | None = None
        self.sent = 0

    def parser_class(self, adj: Any) -> Request:
        return Request(adj, self)

    def recv(self, buffer_size: int) -> bytes:
        """As waitress reads, with the instant at which the kernel received the last of it."""
        try:
            data, ancillary, _flags, _address = self.socket.recvmsg(buffer_size, _ROOM)
        except (ConnectionError, TimeoutError):
            data, ancillary = b"", []
        self.stamp = _stamp(ancillary) or time.time()
        self.touched = time.monotonic()
        if not data:
            self.handle_close()
        return data

    def send(self, data: bytes, do_close: bool = True) -> int:
        count: int = super().send(data, do_close)
        self.sent += count
        if count:
            self.touched = time.monotonic()
        return count

    def service(self) -> None:
        super().service()
        self.served += 1

    def standing(self, now: float) -> Standing:
        """Where it stands at `now`, by the monotonic clock."""
        request, waiting = self.request, list(self.requests)
        held = self.total_outbufs_len + sum(it.held for it in (*waiting, request) if it is not None)
        if self.total_outbufs_len:
            if self._sending is None or self._sending[0] != self.served:
                self._sending = (self.served, now, self.sent)
            _served, since, sent = self._sending
            return Standing("answering", now - since, self.sent - sent, held)
        self._sending = None
        if waiting:
            return Standing("working", now - self.touched, 0, held)
        if request is None:
            return Standing("idle", now - self.touched)
        return Standing(
            "body" if request.headers_finished else "header", now - request.begun, request.moved, held
        )


class Listener(TcpWSGIServer):
    """Takes connections from a socket that gunicorn has opened."""

    channel_class = Connection
    log: Any

    def accept_connections(self) -> None:
        try:
            # Whatever is accepted here inherits it, and so has stamps also of what came in before.
            self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        except OSError:
            logger.info("no stamps from the kernel: a request arrives when it is read")
        super().accept_connections()

    def handle_accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before or len(self._map) >= self.adj.connection_limit:
                return

    def maintenance(self, now: float) -> None:
        """Nothing: patience.py says who is to go, by a clock that does not jump."""


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> float | None:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SCM_TIMESTAMPNS and len(data) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            return float(seconds + nanoseconds / 1e9)
    return None
