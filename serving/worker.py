"""The worker class: waitress's loop and threads, under gunicorn's watch."""

from __future__ import annotations

import logging
import os
import resource
import time
from typing import Any

from gunicorn.workers import base
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from config import LARGEST_BODY
from serving.connections import Connection, Listener
from serving.patience import to_be_closed

CONNECTIONS = 1000
FILES_EACH = 3  # the socket, a body on the disk, an answer on the disk
OTHER_FILES = 200  # the database, logs, what the application opens
MEBIBYTE = 1024 * 1024
DRAINED = max(
    512 * MEBIBYTE, LARGEST_BODY + MEBIBYTE
)  # what is too large is read up to here, so that the browser comes to hear why
LONGEST_ANSWER = 64 * MEBIBYTE  # a thread waits for the reader only beyond it
TURN = 1.0  # seconds
LINGER = 2.0  # seconds: for what is half received when the server stops


class Worker(base.Worker):
    """`worker_class` for gunicorn; `threads`, `graceful_timeout` and the logs are as configured there."""

    _looked_at = 0.0

    def init_process(self) -> None:
        # Each connection may need some files; most systems allow fewer at first than they would if asked.
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = CONNECTIONS * FILES_EACH + OTHER_FILES
        allowed = soft if soft == resource.RLIM_INFINITY else max(soft, min(wanted, _at_most(hard, wanted)))
        if allowed != soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        files = _at_most(allowed, wanted)
        self.room_for = max(min(CONNECTIONS, (files - OTHER_FILES) // FILES_EACH), self.cfg.threads)
        super().init_process()

    def run(self) -> None:
        """Serve until gunicorn says stop; then finish what has come in, and leave."""
        logs = logging.getLogger("waitress")
        logs.handlers, logs.propagate = self.log.error_log.handlers, False
        logs.setLevel(self.log.error_log.level)
        logging.getLogger("waitress.queue").setLevel(
            logging.ERROR
        )  # that requests wait for a thread is no news
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        self.map: dict[int, Any] = {}
        adjustments = self._adjustments()
        listeners = [self._listener(sock.sock, threads, adjustments) for sock in self.sockets]
        wake = _Wake(self.PIPE[0], self.map)
        while self.alive:
            self._turn(TURN)
            self._close_slow_ones()
            if self.ppid != os.getppid():
                self.log.info("Parent changed, shutting down: %s", self)
                break
        for listener in listeners:
            listener.accepting = False
            listener.del_channel()
        wake.close()
        self._finish(time.monotonic())
        threads.shutdown(timeout=0)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Ctrl-C ends as SIGTERM does: what is being answered is finished, and gunicorn sees to the time."""
        self.cfg.worker_int(self)
        self.alive = False

    def _finish(self, since: float) -> None:
        """Answer what has come in whole; what is half received has a moment, what is idle is closed."""
        while (passed := time.monotonic() - since) < self.cfg.graceful_timeout - 1:
            for connection in self._connections().values():
                phase = connection.standing(time.monotonic()).phase
                if phase == "idle" or (phase in ("header", "body") and passed > LINGER):
                    connection.handle_close()
            if not self._connections():
                return
            self._turn(0.1)

    def _turn(self, seconds: float) -> None:
        self.notify()
        wasyncore.poll2(seconds, self.map)

    def _close_slow_ones(self) -> None:
        now = time.monotonic()
        if now < self._looked_at + TURN:
            return
        self._looked_at = now
        standings = [(key, it.standing(now)) for key, it in self._connections().items()]
        for key in to_be_closed(standings, room_for=self.room_for):
            self.log.info("closing a slow connection of %s", self.map[key].addr[0])
            self.map[key].will_close = True

    def _connections(self) -> dict[int, Connection]:
        return {key: it for key, it in self.map.items() if isinstance(it, Connection)}

    def _adjustments(self) -> Adjustments:
        return Adjustments(
            sockets=[sock.sock for sock in self.sockets],
            threads=self.cfg.threads,
            backlog=self.cfg.backlog,
            connection_limit=self.room_for,
            clear_untrusted_proxy_headers=False,  # the application counts its proxies itself
            ident=None,
            log_socket_errors=False,
            max_request_header_size=64 * 1024,
            max_request_body_size=DRAINED,
            recv_bytes=64 * 1024,
            inbuf_overflow=64 * 1024,
            outbuf_overflow=256 * 1024,
            outbuf_high_watermark=LONGEST_ANSWER,
        )

    def _listener(self, sock: Any, threads: ThreadedTaskDispatcher, adjustments: Adjustments) -> Listener:
        listener = Listener(
            self.wsgi, self.map, _start=False, _sock=sock, dispatcher=threads, adj=adjustments,
            sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()), bind_socket=False,
        )  # fmt: skip
        listener.log = self.log
        listener.accept_connections()
        return listener


class _Wake(wasyncore.file_dispatcher):
    """gunicorn's signals write into a pipe, so that the loop does not sleep over them."""

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        self.recv(4096)


def _at_most(limit: int, wanted: int) -> int:
    return wanted if limit == resource.RLIM_INFINITY else limit
