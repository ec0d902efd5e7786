"""A file of 200 MB comes in and goes out again, and the server holds no more of it than a piece."""

from __future__ import annotations

import hashlib
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import select

from app import calendar
from app.applications.models import Application
from app.db import db
from app.organisations import operations
from app.organisations.models import Organisation
from app.permissions import EDITOR
from app.programmes.models import Call
from tests import factories
from tests.faults.server import Server
from tests.faults.visitor import PASSWORD, Visitor

PROMISE = "A file of 200 MB is taken and given out with less than 50 MB more memory; a kill in the middle leaves nothing."
MEBIBYTE = 1024 * 1024
LARGE = 200 * MEBIBYTE
AT_MOST = 50 * MEBIBYTE  # more, at its highest, than before
PIECE = 256 * 1024
KILLS = 8
SETTLED = 5  # seconds: what a start tidies away
ENVIRONMENT = {"BANSO_MAX_FILE_MB": str(LARGE // MEBIBYTE)}
EMAIL = "editor.upload@example.jp"
PAGE = "/applications/{}/attachments"
BOUNDARY = "----------a-boundary-of-the-fault"


def prepare(_server: Server) -> None:
    """For each kill another application, since one takes ten files."""
    body = prepare_one()
    for number in range(KILLS):
        factories.application(call=_open_call(f"R{number}"), organisation=body, complete=False)
    db.session.commit()


def prepare_one() -> Organisation:
    """The body of an editor, and its first application, into which files come."""
    body = factories.organisation()
    editor = factories.tenure(EDITOR, body, person=factories.person(email=EMAIL))
    operations.set_password(editor.person, PASSWORD, at=calendar.now())
    factories.application(call=_open_call("R9"), organisation=body, complete=False)
    db.session.commit()
    return body


def _open_call(code: str) -> Call:
    opened, closes = (datetime(year, 1, 1, tzinfo=calendar.JST) for year in (2020, 2099))
    return factories.call(code=code, opens_at=opened, closes_at=closes)


def run(server: Server) -> list[str]:
    broken: list[str] = []
    visitor = Visitor(server.port)
    visitor.sign_in(EMAIL)
    send(visitor, "小さい.pdf", 2 * MEBIBYTE)  # what the first of anything loads is not of the size
    _receive(visitor, "小さい.pdf")
    for what, act in (
        ("coming in", lambda: send(visitor, "大きい.pdf", LARGE)),
        ("going out", lambda: _receive(visitor, "大きい.pdf")),
    ):
        before, began = _memory(server), time.monotonic()
        with _Highest(server) as highest:
            digest = act()
        took, more = time.monotonic() - began, highest.found - before
        print(
            f"{LARGE // MEBIBYTE} MB {what}: {took:.1f} s; memory {before // MEBIBYTE} MB before, "
            f"{highest.found // MEBIBYTE} MB at its highest, {more / MEBIBYTE:.1f} MB more",
            flush=True,
        )
        if digest != _digest(LARGE):
            broken.append(f"{what} it became another file")
        if more >= AT_MOST:
            broken.append(f"{what} it took {more // MEBIBYTE} MB more memory")
    visitor.close()
    broken += _kill_in_the_middle(server)
    return broken


def _kill_in_the_middle(server: Server) -> list[str]:
    """kill -9 while files come in and while they are put on record; then what is there must be what is on record."""
    acknowledged: set[str] = set()
    sizes = iter(range(2 * MEBIBYTE, LARGE, 4099))  # no two files are the same
    for number in range(KILLS):
        visitor, page = Visitor(server.port), PAGE.format(2 + number)
        visitor.sign_in(EMAIL)
        visitor.get(page)

        def send_them(visitor: Visitor = visitor, page: str = page) -> None:
            with suppress(OSError, HTTPException, RuntimeError):
                for size in sizes:
                    _post(visitor, page, f"途中{size}.pdf", size)
                    acknowledged.add(_digest(size))

        beside = threading.Thread(target=send_them)
        beside.start()
        time.sleep(random.uniform(0.05, 0.8))
        server.kill()
        beside.join()
        visitor.close()
        server.start()
    print(f"{KILLS} kills", end=": ")
    broken = of_files(server, acknowledged)
    return (
        broken if acknowledged else [*broken, "no file was acknowledged before a kill: this showed nothing"]
    )


def of_files(server: Server, acknowledged: set[str]) -> list[str]:
    """What became of the files of all applications, by their SHA-256, some time after the last start."""
    time.sleep(SETTLED)
    with server.inside() as app:
        named = {file.sha256 for it in db.session.scalars(select(Application)) for file in it.attachments}
        files = server.folder / "files"
        lost = acknowledged - named
        told = app.test_cli_runner().invoke(args=["doctor"]).output
    amiss = [
        line
        for line in told.splitlines()
        if "files " in line and "mail" not in line and not line.startswith("ok")
    ]
    lying = {path.name for path in files.rglob("*") if path.is_file()}
    half = [name for name in lying if name.startswith(".half-")]
    orphans = [name for name in lying if not name.startswith(".half-") and Path(name).stem not in named]
    print(
        f"{len(acknowledged)} files acknowledged, {len(named)} on record, {len(lost)} lost; "
        f"{len(half)} half files, {len(orphans)} that no record names; the doctor: {amiss or 'well'}",
        flush=True,
    )
    said = [f"an acknowledged file is lost: {digest}" for digest in lost]
    said += [f"a half file is left: {name}" for name in half]
    said += [f"no record names {name}" for name in orphans]
    return said + [f"the doctor says: {line}" for line in amiss]


def _content(size: int) -> Iterator[bytes]:
    """A PDF to look at, of a size."""
    begins, ends = b"%PDF-1.7\n", b"%%EOF\n"
    yield begins
    left = size - len(begins) - len(ends)
    piece = bytes(range(256)) * (PIECE // 256)
    while left > 0:
        yield piece[:left]
        left -= len(piece)
    yield ends


def _digest(size: int) -> str:
    found = hashlib.sha256()
    for piece in _content(size):
        found.update(piece)
    return found.hexdigest()


def send(visitor: Visitor, name: str, size: int) -> str:
    """Attach such a file as a browser would; its SHA-256 as the page tells it. RuntimeError when it is not taken."""
    page = PAGE.format(1)
    visitor.get(page)
    _post(visitor, page, name, size)
    visitor.get(page)
    digest = _digest(size)
    if digest not in visitor.body:
        raise RuntimeError(f"the page does not show the SHA-256 of {name}")
    return digest


def _post(visitor: Visitor, page: str, name: str, size: int) -> None:
    """Answered 302, it is taken. RuntimeError when it is not."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token()}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    foot = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = HTTPConnection("127.0.0.1", visitor.connection.port, timeout=120)
    connection.putrequest("POST", page)
    for header, value in (
        ("Cookie", visitor.cookie_header()),
        ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}"),
        ("Content-Length", str(len(head) + size + len(foot))),
    ):
        connection.putheader(header, value)
    connection.endheaders(head)
    for piece in _content(size):
        connection.send(piece)
    connection.send(foot)
    status = connection.getresponse().status
    connection.close()
    if status != 302:
        raise RuntimeError(f"attaching {name} answers {status}")


def _receive(visitor: Visitor, name: str) -> str:
    """The SHA-256 of what comes when the file is downloaded."""
    page = PAGE.format(1)
    visitor.get(page)
    found = re.search(rf'href="({page}/\d+)"[^>]*>[^<]*{name}', visitor.body)
    if found is None:
        raise RuntimeError(f"{name} is not on the page")
    connection = HTTPConnection("127.0.0.1", visitor.connection.port, timeout=120)
    connection.request("GET", found[1], headers={"Cookie": visitor.cookie_header()})
    answer, digest = connection.getresponse(), hashlib.sha256()
    while piece := answer.read(PIECE):
        digest.update(piece)
    connection.close()
    return digest.hexdigest()


def _memory(server: Server) -> int:
    """Resident bytes of all its processes."""
    return sum(_resident(pid) for pid in (server.pid, *_children(server.pid)))


def _children(pid: int) -> list[int]:
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return [each for child in found for each in (child, *_children(child))]


def _resident(pid: int) -> int:
    with suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


class _Highest:
    """How much memory it has at its highest, looked at a hundred times a second."""

    def __init__(self, server: Server) -> None:
        self._server, self._ended, self.found = server, threading.Event(), 0
        self._beside = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            self.found = max(self.found, _memory(self._server))

    def __enter__(self) -> _Highest:
        self._beside.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._ended.set()
        self._beside.join()
