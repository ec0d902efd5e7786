"""The worker class before a bare application with two threads."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from config import LARGEST_BODY, ROOT
from serving.connections import SO_TIMESTAMPNS, Connection
from serving.worker import LONGEST_ANSWER

SOON = 5  # seconds: far more than an answer takes, far less than a slow client does
HOST = b"Host: localhost\r\n"


class Served:
    """A running gunicorn."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log
        words = ["-m", "gunicorn", "--config", "python:tests.serving.config"]
        words += ["--bind", f"127.0.0.1:{self.port}", "tests.serving.application:app"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                self.connect().close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(log.read_text())

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SOON * 4)

    def send(self, raw: bytes) -> socket.socket:
        client = self.connect()
        client.sendall(raw)
        return client

    def ask(self, raw: bytes) -> str:
        """The whole answer to one request, after which the server closes."""
        with closing(self.send(raw)) as client:
            return answer(client)


def get(path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode()


def answer(client: socket.socket) -> str:
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts).decode()


def one_answer(client: socket.socket) -> str:
    """The first answer on a connection that stays open, without the last bytes of a long body."""
    text = ""
    while not re.search(r"\r\n\r\n\S+ \S", text):
        part = client.recv(65536).decode()
        assert part, text
        text += part
    return text


def stamp(text: str) -> float:
    """The arrival that the application was told."""
    found = re.search(r"\r\n\r\n(\S+) ", text)
    assert found, text
    return float(found[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    running = Served(tmp_path_factory.mktemp("served") / "log")
    yield running
    running.process.terminate()
    assert running.process.wait(20) == 0


SLOW = {
    "header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n",
    "reading": b"GET /?bytes=20000000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    # More than a thread would hand over before it waits for the reader, and more than the kernel takes besides.
    "reading a file": b"GET /?file=%d&on=disk HTTP/1.1\r\nHost: localhost\r\n\r\n" % (LONGEST_ANSWER + 2**24),
}


@pytest.mark.parametrize("how", SLOW)
def test_slow_clients_hold_no_thread(served, how):
    with ExitStack() as slow:
        clients = [slow.enter_context(closing(served.send(SLOW[how]))) for _ in range(20)]
        for client in clients:
            _ = client.recv(1) if how.startswith("reading") else client.send(b"a")
        begun = time.monotonic()
        assert "200 OK" in served.ask(get("/"))
        assert time.monotonic() - begun < SOON


@pytest.mark.parametrize("on", ["disk", "memory"])
def test_a_file_is_sent_as_it_is(served, on):
    text = served.ask(get(f"/?file=3000001&on={on}"))
    head, body = text.split("\r\n\r\n")
    assert "Content-Length: 3000001" in head and body == "\0" * 3000001
    assert f'"GET /?file=3000001&on={on} HTTP/1.1" 200' in served.log.read_text()


def test_a_file_on_the_disk_is_closed_when_its_reader_has_it_or_goes(served):
    def open_files() -> int:
        [worker] = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
        return len([it for it in Path(f"/proc/{worker}/fd").iterdir() if "deleted" in str(it.readlink())])

    before = open_files()
    with closing(served.send(SLOW["reading a file"])) as gone:
        gone.recv(1)
        assert open_files() > before
    served.ask(get("/?file=3000001&on=disk"))
    until = time.monotonic() + SOON
    while open_files() > before and time.monotonic() < until:
        time.sleep(0.1)
    assert open_files() == before


def test_who_takes_too_long_is_let_go_by_the_running_server(served):
    with closing(served.send(SLOW["header"])) as client:
        assert client.recv(1) == b""  # and not nothing at all until the test gives up


def test_a_request_arrives_with_its_last_byte_and_not_when_a_thread_takes_it(served):
    with ExitStack() as busy:
        for _ in range(2):
            busy.enter_context(closing(served.send(get("/?seconds=2"))))
        with closing(served.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\n\r\n12")) as client:
            time.sleep(1)
            before = time.time()
            client.sendall(b"34")
            sent = time.time()
            head = one_answer(client)
        assert before - 0.01 <= stamp(head) <= sent + 0.5
        assert time.time() - sent > 0.5  # it did wait


def test_what_came_in_while_the_loop_was_busy_has_arrived_when_the_kernel_had_it():
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)  # as the listener does
        with socket.create_connection(door.getsockname()) as client:
            client.sendall(b"GET")
            sent = time.time()
            time.sleep(0.5)
            with door.accept()[0] as accepted:
                read = SimpleNamespace(socket=accepted, stamp=0.0, touched=0.0)
                assert Connection.recv(read, 100) == b"GET"
    assert sent - 0.1 < read.stamp < sent + 0.1


def test_each_of_several_requests_on_one_connection_has_its_own_arrival(served):
    with closing(served.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")) as client:
        first = stamp(one_answer(client))
        time.sleep(0.5)
        client.sendall(get("/"))
        assert stamp(answer(client)) - first >= 0.5


def test_pipelined_requests_are_answered_in_their_order(served):
    one = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
    text = served.ask(one + get("/?bytes=3"))
    assert text.count("200 OK") == 2 and text.endswith("\r\n\r\n000")


def test_who_waits_for_the_word_to_continue_gets_it_and_arrives_with_the_body(served):
    head = (
        b"POST / HTTP/1.1\r\n"
        + HOST
        + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    with closing(served.send(head)) as client:
        assert b"100 Continue" in client.recv(65536)
        time.sleep(0.5)
        before = time.time()
        client.sendall(b"1234")
        assert stamp(answer(client)) >= before - 0.01


def test_no_header_reaches_the_stamp(served):
    text = served.ask(get("/", "banso.arrived_at: 1", "Banso.Arrived-At: 1", "BANSO_ARRIVED_AT: 1"))
    assert stamp(text) > 1_000_000_000


@pytest.mark.parametrize("framing", ["declared", "chunked"])
def test_what_is_too_large_is_read_to_its_end_and_not_kept(served, framing):
    size = LARGEST_BODY + 2**20
    with closing(served.connect()) as client:
        head = b"POST / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n"
        if framing == "declared":
            client.sendall(head + b"Content-Length: %d\r\n\r\n" % size)
        else:
            client.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % size)
        for _ in range(size // 2**20):
            client.sendall(b"0" * 2**20)
        if framing == "chunked":
            client.sendall(b"\r\n0\r\n\r\n")
        _stamp, kept, declared = answer(client).split("\r\n\r\n")[1].split()
    assert int(declared) == size  # so the application refuses it
    assert int(kept) <= (0 if framing == "declared" else LARGEST_BODY + 1)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET http://[::1/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1, 2\r\n\r\n",
        b"\xff\xfe nonsense\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_as_one(served, raw):
    assert served.ask(raw).startswith("HTTP/1.0 400") or served.ask(raw).startswith("HTTP/1.1 400")


def test_a_header_without_end_is_refused(served):
    with closing(served.send(b"GET / HTTP/1.1\r\nX-Forwarded-For: " + b"1" * 60_000)) as client:
        time.sleep(0.2)
        client.sendall(b"1" * 6_000)
        assert client.recv(65536).startswith((b"HTTP/1.0 431", b"HTTP/1.1 431"))


def test_a_head_is_answered_without_a_body(served):
    text = served.ask(get("/?bytes=9").replace(b"GET", b"HEAD", 1))
    assert "Content-Length: 9" in text


def test_each_answer_is_a_line_of_the_access_log(served):
    served.ask(get("/?bytes=11", "User-Agent: seen"))
    served.ask(b"nonsense\r\n\r\n")
    time.sleep(0.2)
    log = served.log.read_text()
    assert re.search(r'127\.0\.0\.1 - - \[[^]]+\] "GET /\?bytes=11 HTTP/1\.1" 200 11 "-" "seen"', log)
    assert '"- - -" 400' in log


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_is_being_answered_is_finished_when_the_server_stops(tmp_path, how):
    running = Served(tmp_path / "log")
    with ExitStack() as clients:
        idle = clients.enter_context(closing(running.connect()))
        half = clients.enter_context(closing(running.send(SLOW["body"])))
        working = clients.enter_context(closing(running.send(get("/?seconds=2"))))
        time.sleep(0.5)
        running.process.send_signal(how)
        assert "200 OK" in answer(working)
        assert running.process.wait(20) == 0  # far sooner than the slow one would have been done
        assert idle.recv(1) == b"" and half.recv(1) == b""
