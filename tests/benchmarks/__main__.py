"""script/bench: pages, growth, letters and exports, measured beside bare ones in the same run. Prints; asserts nothing.

`deadline` is measured by itself, and asserts.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from config import ROOT
from tests.benchmarks import deadline, exports, growth, letters, pages
from tests.benchmarks.postgresql import a_server
from tests.benchmarks.scale import demo

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
MIDDLE = growth.SIZES[1]  # applications: the size at which all is measured
LAST = ROOT / "docs" / "benchmarks"


def main() -> int:
    words = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    words.add_argument(
        "what", nargs="?", choices=["deadline"], help="this alone: see tests/benchmarks/deadline.py"
    )
    words.add_argument("--clients", type=int, default=deadline.CLIENTS, help="of the deadline (500)")
    words.add_argument("--workers", type=int, default=1, help="of the deadline's server (1)")
    words.add_argument(
        "--write", action="store_true", help="put the tables into README.md and docs/benchmarks"
    )
    words.add_argument("--json", type=Path, metavar="FILE", help="write all figures into FILE")
    words.add_argument("--quick", action="store_true", help="the pages at one size, nothing else")
    chosen = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that server and database are taken away
    begun = time.monotonic()
    if chosen.what:
        return _deadline(chosen)
    found, tables = _measure(quick=chosen.quick)
    print(f"\n\n{tables}\n\nAll of it took {time.monotonic() - begun:.0f} s.")
    if chosen.json:
        chosen.json.write_text(_text(found))
    if chosen.write:
        _write(found, tables)
    return 0


def _deadline(chosen: argparse.Namespace) -> int:
    """The one measurement that asserts: exit status 1 when a promise was not kept."""
    found, broken = deadline.measure(chosen.clients, workers=chosen.workers)
    table = deadline.table(found)
    print(f"\n{table}\n", flush=True)
    for sentence in broken:
        print(f"NOT KEPT  {sentence}")
    if not broken:
        print(f"Kept: {deadline.PROMISE}")
    if chosen.json:
        chosen.json.write_text(_text(found))
    if chosen.write:
        (LAST / "deadline.json").write_text(_text(found))
        _put_into(LAST / "deadline.md", table)
    return 1 if broken else 0


def _measure(*, quick: bool) -> tuple[dict[str, Any], str]:
    found: dict[str, Any] = {"pages": [], "growth": [], "letters": {}, "exports": []}
    parts = []
    with tempfile.TemporaryDirectory(prefix="banso-bench-") as name, a_server(Path(name)) as url:
        folder = Path(name)
        _say("loading the demo")
        with demo(url, folder / "data") as app:
            sizes = (MIDDLE,) if quick else growth.SIZES
            for size, its in growth.at_each_size(app, url, sizes):
                _say(f"PostgreSQL, {size:,} applications")
                found["growth"] += its
                if size == MIDDLE:
                    measured = pages.measure(app, growth.env_of(app, url))
                    found["pages"] = pages.rows(measured)
                    parts.append(pages.table(measured))
                    if not quick:
                        found["exports"] = exports.measure(app, growth.env_of(app, url))
                        parts.append(exports.table(found["exports"]))
                        found["letters"] = letters.measure(app)
                        parts.append(letters.told(found["letters"]))
        if not quick:
            sqlite = f"sqlite:///{folder}/banso.sqlite"
            with demo(sqlite, folder / "sqlite") as app:
                for size, its in growth.at_each_size(app, sqlite):
                    _say(f"SQLite, {size:,} applications")
                    found["growth"] += its
            parts.append(growth.table(found["growth"]))
    return found, "\n\n".join(parts)


def _say(what: str) -> None:
    print(f"… {what}", flush=True)


def _text(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _write(found: dict[str, Any], tables: str) -> None:
    LAST.mkdir(exist_ok=True)
    (LAST / "last.json").write_text(_text(found))
    (LAST / "README.md").write_text(f"{(LAST / 'about.md').read_text()}\n{tables}\n")
    _put_into(ROOT / "README.md", tables.partition("\n\n")[0])


def _put_into(page: Path, table: str) -> None:
    """Between the marks of a page."""
    drawn = f"{BEGIN}\n{table}\n{END}"
    page.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: drawn, page.read_text(), flags=re.DOTALL))


sys.exit(main())
