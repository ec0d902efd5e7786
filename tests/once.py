"""What takes long and comes out the same each time is worked out once in a run: by any of its processes, on either engine.

script/test names the folder for it, new for each run, so that nothing is found there which older code has made. A run
without one has it once in each process.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    import pytest


class Once:
    """Remembers results of one kind of work, by what they are made of."""

    def __init__(self, kind: str) -> None:
        self._known: dict[str, Any] = {}
        shared = os.environ.get("BANSO_TEST_SHARED")
        self._folder = Path(shared) / kind if shared else None
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, made_of: object, work: Callable[[], Any]) -> Any:
        """What `work` gives for `made_of`, which its repr tells apart. What raises is not remembered."""
        mark = sha256(repr(made_of).encode("utf-8", "surrogatepass")).hexdigest()
        if mark not in self._known:
            self._known[mark] = self._shared(mark, work)
        return self._known[mark]

    def _shared(self, mark: str, work: Callable[[], Any]) -> Any:
        if self._folder is None:
            return work()
        file = self._folder / mark
        if file.exists():
            return pickle.loads(file.read_bytes())
        result = work()
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(pickle.dumps(result))
        unfinished.rename(file)
        return result


def compiled_once(app: Flask) -> None:
    """What one process has compiled of the templates serves all of a run."""
    if scratch := os.environ.get("BANSO_TEST_SCRATCH"):
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(scratch)


_drawn = Once("drawn")


def draw_once(patch: pytest.MonkeyPatch) -> None:
    """The same letter or booklet is drawn once."""
    from press import printing

    for name in ("print_pdf", "print_booklet"):
        patch.setattr(printing, name, _remembering(name, getattr(printing, name)))


def _remembering(name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
    def once(*document: Any, **how: Any) -> Any:
        return _drawn((name, document, how), lambda: draw(*document, **how))

    return once
