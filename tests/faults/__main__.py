"""script/faults NAME: the fault made to happen on SQLite and on PostgreSQL, with the figures of each."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import signal
import sys
from types import ModuleType

from tests import faults
from tests.faults.server import ENGINES, served


def main() -> int:
    words = argparse.ArgumentParser(prog="script/faults", description=__doc__)
    words.add_argument("name", nargs="?", help="which fault; without a name, all are listed")
    words.add_argument("--engine", choices=ENGINES, help="on this engine only")
    chosen = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that server and database are taken away
    known = _faults()
    if not chosen.name:
        width = max(map(len, known))
        for name, fault in known.items():
            print(f"{name:{width}}  {fault.PROMISE}")
        return 0
    if chosen.name not in known:
        print(f"banso: script/faults knows {', '.join(known)}, not {chosen.name}.", file=sys.stderr)
        return 2
    broken = [
        f"{engine}: {sentence}"
        for engine in ([chosen.engine] if chosen.engine else ENGINES)
        for sentence in _happen(known[chosen.name], engine)
    ]
    for sentence in broken:
        print(f"NOT KEPT  {sentence}")
    if not broken:
        print(f"Kept: {known[chosen.name].PROMISE}")
    return 1 if broken else 0


def _happen(fault: ModuleType, engine: str) -> list[str]:
    print(f"== {engine}", flush=True)
    prepare = getattr(fault, "prepare", None)
    with served(engine, prepare=prepare, environment=getattr(fault, "ENVIRONMENT", None)) as server:
        return fault.run(server)


def _faults() -> dict[str, ModuleType]:
    """Every module of the package that makes a promise."""
    names = sorted(found.name for found in pkgutil.iter_modules(faults.__path__) if found.name != "__main__")
    modules = {name: importlib.import_module(f"tests.faults.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "PROMISE")}


sys.exit(main())
