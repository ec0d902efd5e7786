"""Which tests of SQLite's turn are asked again on PostgreSQL: as many as send every statement that any of them sends.

While the tests run on SQLite it is noted which statements each sends, and which of them fail and how. On PostgreSQL then come
the cheapest tests that together send each of these twice, and all that are listed as `ALWAYS`, or were not run on SQLite. Where
nothing was noted (a single file, `pytest` by hand, `script/test all`) every test is asked on both (ADR 46).
"""

from __future__ import annotations

import heapq
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

TIMES = 2  # by how many tests each statement is sent on PostgreSQL, where there are so many
FOLDER = "BANSO_TEST_ASKED"  # where it is noted, and read
# What a database does differs here though the statements are the same: locks, several workers, the order of rows, values at their
# limits, the guards, and the whole life of a case.
ALWAYS = (
    "applications/test_many_at_once", "backup/", "conventions/test_guards", "conventions/test_history", "conventions/test_hostile_input",
    "conventions/test_migrations", "conventions/test_reach", "correspondence/test_workers", "projects/test_two_workers", "proof/",
    "schedule/test_work", "selection/test_oracle", "stories/", "test_held", "test_reach", "test_searching", "web/test_paging",
)  # fmt: skip

_several = re.compile(r"(\(?(\?|NULL)\)?)(, \(?(\?|NULL)\)?)+")
_numbered = re.compile(r"\d+")


class Noting:
    """What the test that runs sends to the database; the fixtures of a module belong to its first test."""

    def __init__(self) -> None:
        self.sent: set[str] = set()
        event.listen(Engine, "before_cursor_execute", self._note)
        event.listen(Engine, "handle_error", self._note_failure)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.sent.add(_short(statement))

    def _note_failure(self, context: Any) -> None:
        failed = type(context.original_exception).__name__
        self.sent.add(_short(f"{failed}: {context.statement}"))


@cache
def _short(statement: str) -> str:
    """Alike for two that differ by how many values they name."""
    alike = _numbered.sub("", _several.sub(r"\1…", statement))
    return blake2b(alike.encode(), digest_size=6).hexdigest()


_noting: list[Noting] = []
_noted: list[dict[str, Any]] = []


def pytest_configure(config: pytest.Config) -> None:
    if _is_noted():
        _noting.append(Noting())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if not _noting:
        return (yield)
    _noting[0].sent, began = set(), time.perf_counter()
    result = yield
    seconds = round(time.perf_counter() - began, 3)
    _noted.append({"test": name_of(item), "seconds": seconds, "sent": sorted(_noting[0].sent)})
    return result


def pytest_unconfigure() -> None:
    if _noted:
        lines = "".join(json.dumps(it) + "\n" for it in _noted)
        (Path(os.environ[FOLDER]) / f"{os.getpid()}.jsonl").write_text(lines)
        _noted.clear()


def not_asked_again(items: list[pytest.Item]) -> set[str]:
    """The names of those that need not be asked on PostgreSQL."""
    noted = _read()
    known = {name: noted[name] for item in items if (name := name_of(item)) in noted}
    asked = {name for name in known if name.startswith(ALWAYS)}
    return known.keys() - asked - _enough(known, asked)


def name_of(item: pytest.Item) -> str:
    return f"{item.path.relative_to(Path(__file__).parent).as_posix()}::{item.name}"


def _is_noted() -> bool:
    return bool(os.environ.get(FOLDER)) and os.environ.get("BANSO_TEST_DATABASE") != "postgresql"


def _read() -> dict[str, tuple[float, frozenset[str]]]:
    """Test → its seconds, and what it sent."""
    folder = os.environ.get(FOLDER)
    lines = (
        [line for file in sorted(Path(folder).glob("*.jsonl")) for line in file.read_text().splitlines()]
        if folder
        else []
    )
    found = map(json.loads, lines)
    return {it["test"]: (it["seconds"], frozenset(it["sent"])) for it in found}


def _enough(known: Mapping[str, tuple[float, frozenset[str]]], asked: set[str]) -> set[str]:
    """The cheapest for what they add, one after the other, until each statement is sent as often as it is to be."""
    still = Counter(it for _, sent in known.values() for it in sent)
    wanted = {it: min(TIMES, count) for it, count in still.items()}
    for name in asked:
        for it in known[name][1]:
            wanted[it] -= 1

    def price(name: str) -> float:
        seconds, sent = known[name]
        added = sum(1 for it in sent if wanted[it] > 0)
        return seconds / added if added else float("inf")

    chosen: set[str] = set()
    waiting = [(price(name), name) for name in sorted(known.keys() - asked)]
    heapq.heapify(waiting)
    while waiting:
        paid, name = heapq.heappop(waiting)
        now = price(name)
        if now == float("inf"):
            continue
        if now > paid:  # others have sent a part of it meanwhile
            heapq.heappush(waiting, (now, name))
            continue
        chosen.add(name)
        for it in known[name][1]:
            wanted[it] -= 1
    return chosen
