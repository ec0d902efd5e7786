"""Several presses at once: letters are printed ahead in processes of their own, for whoever takes them one after the other.

What is expected goes to the next press that is free. `print_pdf` gives what was printed from exactly this HTML; what was
not expected, is not begun yet, or was lost with its press is printed here. So a process that cannot be started, dies
or does not answer costs time, and never a letter. In memory there is what is expected and not taken yet, which is for the
caller to bound.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from press import Printed

PATIENCE = 60.0  # seconds for one letter, which takes a tenth of one

log = logging.getLogger(__name__)


class Lost(Exception):
    """A press has not printed what it was given."""


class Room:
    """A context: within it the presses run."""

    def __init__(self, font: Path, presses: int) -> None:
        self.font = font
        self.surprised = False  # whether something was asked for that was not expected
        self._expected: dict[str, Future[Printed]] = {}
        self._orders: SimpleQueue[tuple[str, Future[Printed]] | None] = SimpleQueue()
        self._count = presses
        self._closed = False
        self._presses: list[_Press] = []
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        try:
            for _ in range(self._count):
                self._presses.append(_Press(self.font))
        except OSError as problem:
            log.warning("no more than %s presses could be started: %s", len(self._presses), problem)
        self._threads = [Thread(target=self._attend, args=[it], daemon=True) for it in self._presses]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._closed = True
        self.forget()
        for _ in self._threads:
            self._orders.put(None)
        for press in self._presses:
            press.kill()  # nothing that it may be at is of any use
        for thread in self._threads:
            thread.join()

    @property
    def waiting(self) -> int:
        """How many letters are expected."""
        return len(self._expected)

    def expect(self, html: str) -> None:
        """Have this printed, after what is expected already; nothing where no press is left."""
        if html not in self._expected and any(thread.is_alive() for thread in self._threads):
            future: Future[Printed] = Future()
            self._expected[html] = future
            self._orders.put((html, future))

    def wait(self) -> None:
        """Until what is expected next has been printed, if a press is at it."""
        first = next(iter(self._expected.values()), None)
        if first is not None and first.running():
            with suppress(TimeoutError):
                first.exception(PATIENCE)

    def print_pdf(self, html: str, font: Path, *, draft: bool = False) -> Printed:
        """As printing.print_pdf. What was expected before this is expected no longer."""
        from press import printing

        if not draft and font == self.font and (future := self._taken(html)) and not future.cancel():
            try:
                return future.result(PATIENCE)
            except (Lost, TimeoutError) as problem:
                log.warning("a letter is printed here: %s", str(problem) or "its press does not answer")
        return printing.print_pdf(html, font, draft=draft)

    def forget(self) -> None:
        """Expect nothing any more."""
        for future in self._expected.values():
            future.cancel()
        self._expected.clear()

    def _taken(self, html: str) -> Future[Printed] | None:
        if html not in self._expected:
            self.surprised = True
            self.forget()
            return None
        while True:
            first = next(iter(self._expected))
            future = self._expected.pop(first)
            if first == html:
                return future
            future.cancel()

    def _attend(self, press: _Press) -> None:
        """One press's thread: it hands over an order after the other, as long as its press lives."""
        try:
            press.wait_until_ready()
            while order := self._orders.get():
                self._carry_out(press, *order)
        except (OSError, EOFError) as problem:
            if not self._closed:
                log.warning("a press has ended: %s", problem)
        finally:
            press.end()

    def _carry_out(self, press: _Press, html: str, future: Future[Printed]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(press.print(html))
        except Lost as problem:
            future.set_exception(problem)
        except (OSError, EOFError) as problem:
            future.set_exception(Lost(str(problem)))
            raise


class _Press:
    """A process of worker.py. Its methods raise OSError or EOFError when it has ended."""

    def __init__(self, font: Path) -> None:
        self._scratch = tempfile.mkdtemp(prefix="banso-press-")
        command = [sys.executable, "-m", "press.worker", str(font), self._scratch]
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                command, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        except OSError:
            self._forget_files()
            raise
        assert self._process.stdin is not None and self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def wait_until_ready(self) -> None:
        self._line()

    def print(self, html: str) -> Printed:
        """Raises Lost when it could not be printed."""
        self._orders.write(json.dumps(html).encode() + b"\n")
        self._orders.flush()
        length, pages, missing = json.loads(self._line())
        pdf = self._answers.read(length)
        if len(pdf) < length:
            raise EOFError("it broke off within a letter")
        if not pdf:
            raise Lost("a press could not print it")
        return pdf, pages, missing

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._orders, self._answers):
            with suppress(OSError):  # what could not be written any more
                pipe.close()
        self._forget_files()

    def _forget_files(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _line(self) -> bytes:
        line = self._answers.readline()
        if not line.endswith(b"\n"):
            raise EOFError("it does not answer")
        return line
