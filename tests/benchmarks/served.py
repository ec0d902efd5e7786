"""Servers to be measured: gunicorn on a free port of 127.0.0.1 with one worker and without the jobs."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from app.demo.accounts import PASSWORD
from config import ROOT


@dataclass(frozen=True)
class Server:
    port: int
    pid: int  # of the one that starts the worker

    @property
    def _workers(self) -> list[Path]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [Path("/proc") / child for child in children]

    def cpu(self) -> float:
        """Seconds that its worker has worked."""
        ticks = 0
        for worker in self._workers:
            fields = (worker / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Memory of its worker (RSS)."""
        pages = sum(int((worker / "statm").read_text().split()[1]) for worker in self._workers)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

    def peak_megabytes(self) -> float:
        """The most that this was since `forget_peak`."""
        found = (re.search(r"VmHWM:\s+(\d+) kB", (worker / "status").read_text()) for worker in self._workers)
        return sum(int(it[1]) for it in found if it) / 1024

    def forget_peak(self) -> None:
        for worker in self._workers:
            (worker / "clear_refs").write_text("5")


@contextmanager
def served(target: str, env: dict[str, str]) -> Iterator[Server]:
    """`target` (module:application), once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "gunicorn", "--config", "python:tests.benchmarks.serving"]
    process = subprocess.Popen([*words, "--bind", f"127.0.0.1:{port}", target], cwd=ROOT, env=env)
    try:
        _wait_for(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def signed_in(server: Server, address: str) -> str:
    """The cookies of a browser in which this person of the demo has signed in."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    form = urlencode({"csrf_token": found.group(1) if found else "", "email": address, "password": PASSWORD})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/sign-in", form, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise SystemExit(f"sign-in as {address} answers {answer.status}")
    return "; ".join(it.split(";")[0] for it in answer.headers.get_all("Set-Cookie", []))


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")
