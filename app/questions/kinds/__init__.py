"""The kinds of questions there are: each file of this folder is one. To add a kind, add a file."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from app.questions.kind import Kind


def discover(path: list[str], package: str) -> dict[str, type[Kind]]:
    """Name → kind, of every module in the folder, by name. Raises TypeError for a file without a kind."""
    found: dict[str, type[Kind]] = {}
    for module in sorted(it.name for it in iter_modules(path)):
        named = vars(import_module(f"{package}.{module}")).values()
        kinds = [it for it in named if isinstance(it, type) and issubclass(it, Kind) and "name" in vars(it)]
        own = [kind for kind in kinds if kind.__module__ == f"{package}.{module}"]
        if len(own) != 1:
            raise TypeError(f"{package}.{module} must hold one kind of question, not {len(own)}")
        found[own[0].name] = own[0]
    return found


KINDS = discover(list(__path__), __name__)
