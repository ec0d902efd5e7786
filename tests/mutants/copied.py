"""A copy of the tree in which files are changed, and the process that runs tests in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config import ROOT
from tests import databases

LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", "screens", "node_modules", ".coverage*"
)
QUIET = (
    "-x",
    "-q",
    "--no-header",
    "--tb=short",
    "-p",
    "no:cacheprovider",
    "-m",
    "not browser",
    "-k",
    "not pdf_ua",
)
UNHURRIED = 600  # seconds, for the run without any change


class CannotRun(Exception):
    """The tests do not pass as they are, so they can notice nothing."""


@dataclass(frozen=True)
class Outcome:
    noticed: bool
    by: str  # the test that failed first, or how else it was noticed
    output: str


@dataclass
class Copy:
    """The tree in another folder, and a process there that waits for what to run."""

    tree: Path
    scratch: Path
    process: subprocess.Popen[str]
    took: dict[str, float] = field(default_factory=dict)  # test → seconds without any change
    noticed: dict[str, int] = field(default_factory=dict)  # test → how often it was the first to fail

    def pass_as_they_are(self, tests: tuple[str, ...]) -> float:
        """Run tests on the tree as it is; the seconds they take. Raises CannotRun when they do not pass."""
        answer = self._asked(tests, changed=False, timeout=UNHURRIED)
        if answer["status"] != 0:
            raise CannotRun(self._output.read_text()[-3000:])
        self.took.update(answer["took"])
        self._tell({"load": answer["loaded"]})
        return sum(answer["took"].values())

    def with_change(self, path: str, source: str, tests: tuple[str, ...], *, timeout: float) -> Outcome:
        """What tests say while the file `path` has the text `source`; it is put back."""
        file = self.tree / path
        as_it_was = file.read_text()
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            compiled.unlink()
        file.write_text(source)
        try:
            answer = self._asked(tests, changed=True, timeout=timeout)
        finally:
            file.write_text(as_it_was)
        if answer["status"] is None:
            return Outcome(True, "it did not come to an end", "")
        by = answer.get("failed", "") or "the application could not be loaded"
        if answer["status"]:
            self.noticed[by] = self.noticed.get(by, 0) + 1
        return Outcome(
            bool(answer["status"]), by if answer["status"] else "", self._output.read_text()[-4000:]
        )

    def _asked(self, tests: tuple[str, ...], *, changed: bool, timeout: float) -> dict[str, Any]:
        files = [f"tests/{name}.py" for name in tests]
        order = {name: -self.noticed.get(name, 0) * 1000 + took for name, took in self.took.items()}
        return self._tell(
            {
                "tests": files,
                "arguments": [*QUIET, f"--basetemp={self.scratch / 'tests'}"],
                "order": order,
                "changed": changed,
                "timeout": timeout,
                "output": str(self._output),
                "said": str(self.scratch / "said"),
            }
        )

    def _tell(self, task: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        if not (line := self.process.stdout.readline()):
            raise CannotRun("The process that runs the tests has ended.")
        return json.loads(line)

    @property
    def _output(self) -> Path:
        return self.scratch / "output"


@contextmanager
def copied() -> Iterator[Copy]:
    """A copy that is ready, gone after the block. In memory where there is some to spare."""
    with tempfile.TemporaryDirectory(prefix="banso-mutants-", dir=databases.scratch()) as folder:
        tree, scratch = Path(folder, "tree"), Path(folder, "scratch")
        shutil.copytree(ROOT, tree, ignore=LEFT_BEHIND, symlinks=True)
        scratch.mkdir()
        template = scratch / "template.sqlite"
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("BANSO_", "PYTEST_"))
        }
        environment |= {
            "BANSO_TEST_DATABASE": "sqlite",
            "BANSO_TEST_SCRATCH": str(scratch),
            "BANSO_DATA_DIR": str(scratch / "data"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "FLASK_APP": "wsgi.py",
            "TMPDIR": str(scratch),
        }
        made = "from tests.databases import migrate; import sys; migrate('sqlite:///' + sys.argv[1])"
        subprocess.run(
            [sys.executable, "-c", made, template], cwd=tree, env=environment, check=True, capture_output=True
        )
        environment["BANSO_TEST_TEMPLATE"] = str(template)
        process = subprocess.Popen(
            [sys.executable, "tests/mutants/server.py"],
            cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            yield Copy(tree, scratch, process)
        finally:
            process.terminate()
            process.wait()
