"""Started within the copy of the tree: forks itself for each run of the tests, so that no run has to load the libraries anew.

Reads one task a line (JSON) from its standard input and answers each with a line. It imports nothing of the house itself:
each fork meets the files of the copy as they are then.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

_running: list[int] = []  # the fork that runs tests, which has a session of its own


class Watching:
    """Puts the tests in their order, and writes what each took and which failed first."""

    def __init__(self, order: dict[str, float]) -> None:
        self.order, self.took, self.failed = order, {}, ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.order.get(item.nodeid, 0))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[report.nodeid] = self.took.get(report.nodeid, 0) + report.duration
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def main() -> None:
    sys.path[0] = str(Path.cwd())
    signal.signal(signal.SIGTERM, _end)
    for line in sys.stdin:
        task = json.loads(line)
        for name in task.get("load", []):
            _load(name)
        print(json.dumps(_forked(task) if "tests" in task else {}), flush=True)


def _end(*_signal: Any) -> None:
    if _running:
        os.killpg(_running[-1], signal.SIGKILL)
    os._exit(143)


def _load(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001 (whoever needs it will see)
        sys.modules.pop(name, None)


def _forked(task: dict[str, Any]) -> dict[str, Any]:
    """Exit status, None after `timeout` seconds; what the run has said of itself."""
    said = Path(task["said"])
    said.unlink(missing_ok=True)
    if (child := os.fork()) == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _run(task, said)
    _running[:] = [child]
    ends = time.monotonic() + task["timeout"]
    while time.monotonic() < ends:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            _running.clear()
            told = json.loads(said.read_text()) if said.exists() else {}
            return {"status": os.waitstatus_to_exitcode(status), **told}
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    _running.clear()
    return {"status": None}


def _run(task: dict[str, Any], said: Path) -> None:
    output = os.open(task["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # Two changes of one file within a second, of the same length, would be taken for the same.
    sys.dont_write_bytecode = task["changed"]
    watching = Watching(task["order"])
    status = 70
    try:
        status = int(pytest.main([*task["arguments"], *task["tests"]], plugins=[watching]))
        sys.stdout.flush()
    finally:
        told = {
            "took": watching.took,
            "failed": watching.failed,
            "loaded": [] if task["changed"] else _not_ours(),
        }
        said.write_text(json.dumps(told))
        os._exit(status)


def _not_ours() -> list[str]:
    here = str(Path.cwd())
    names = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and not file.startswith(here) and name.partition(".")[0] != "__main__":
            names.append(name)
    return names


if __name__ == "__main__":
    main()
