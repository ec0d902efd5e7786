"""clamd for tests: one in this process that speaks its protocol, and the real one with a signature of our own."""

from __future__ import annotations

import hashlib
import os
import shutil
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MALWARE = (
    b"%PDF-1.7\n% a file that our own signature calls malware\n%%EOF\n"  # harmless: nobody else knows it
)
NAME = "Banso.Test.Sample"


class Clamd:
    """What the one in this process has seen, and how it answers."""

    def __init__(self, address: str) -> None:
        self.address, self.seen, self.answer = address, list[str](), ""


@contextmanager
def fake_clamd() -> Iterator[Clamd]:
    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = b""
            while not command.endswith(b"\0"):
                command += self.rfile.read(1)
            if command == b"zPING\0":
                self.wfile.write(b"PONG\0")
                return
            found = hashlib.sha256()
            while length := struct.unpack("!L", self.rfile.read(4))[0]:
                found.update(self.rfile.read(length))
            told.seen.append(found.hexdigest())
            verdict = (
                f"stream: {NAME} FOUND"
                if found.digest() == hashlib.sha256(MALWARE).digest()
                else "stream: OK"
            )
            self.wfile.write((told.answer or verdict).encode() + b"\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line) as server:
        told = Clamd(f"127.0.0.1:{server.server_address[1]}")
        beside = threading.Thread(target=server.serve_forever, args=(0.02,))
        beside.start()
        try:
            yield told
        finally:
            server.shutdown()
            beside.join()


def real_clamd() -> str:
    """The program, as `apt-get install clamav-daemon` brings it, or BANSO_TEST_CLAMD; empty where there is none."""
    return (
        os.environ.get("BANSO_TEST_CLAMD")
        or shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
        or ""
    )


@contextmanager
def started_clamd(program: str) -> Iterator[str]:
    """The real one, on a socket of its own, with the one signature; its address. Nothing is asked of the internet."""
    with tempfile.TemporaryDirectory(
        prefix="banso-clamd-"
    ) as place:  # a path of pytest's is too long for a socket
        folder = Path(place)
        signature = f"{hashlib.sha256(MALWARE).hexdigest()}:{len(MALWARE)}:{NAME}\n"
        (folder / "banso.hsb").write_text(signature)
        address = folder / "clamd.sock"
        (folder / "clamd.conf").write_text(
            f"LocalSocket {address}\nDatabaseDirectory {folder}\nForeground yes\nStreamMaxLength 1M\n"
        )
        process = subprocess.Popen(
            [program, "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until = time.monotonic() + 60
            while not address.exists() and process.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            yield str(address)
        finally:
            process.terminate()
            process.wait(30)
