"""script/simulate: thirteen years of the programme, on SQLite and on PostgreSQL; exit 1 when a rule is broken."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.db import db
from tests.databases import embedded, scratch
from tests.simulation import rules
from tests.simulation.course import FIRST, LAST, LATE_DAY, LATE_YEAR, Course, let_happen, thirteen_years

NOTICE_DAYS = {  # the last government business day on or before 31 March, set down by hand from the calendar
    2022: date(2023, 3, 31),
    2023: date(2024, 3, 29),
    2024: date(2025, 3, 31),
    2025: date(2026, 3, 31),
    2026: date(2027, 3, 31),
    2027: date(2028, 3, 31),
    2029: date(2030, 3, 29),
}
EXTENDABLE = {
    2027: (2, 2),
    2029: (1, 1),
}  # R7: not asked for and refused after three years, certified after five
ISSUED_LATE = date(2026, 9, 7)  # the Monday after LATE_DAY


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--engine", choices=("sqlite", "postgresql"), action="append", help="only this one")
    words.add_argument("--until", type=date.fromisoformat, default=None, help="stop at this day")
    chosen = words.parse_args()
    logging.disable(logging.WARNING)
    broken = sum([_simulated(engine, chosen.until) for engine in chosen.engine or ("sqlite", "postgresql")])
    sys.exit(1 if broken else 0)


def _simulated(engine: str, until: date | None) -> int:
    """Run one engine's years and print what came of them; how many rules are broken."""
    last = until or LAST
    print(f"\n## {engine}: {FIRST} to {last}", flush=True)
    begun = time.perf_counter()
    with _app_on(engine) as app, app.app_context():
        try:
            upgrade()
            acts = {day: act for day, act in thirteen_years().items() if day <= last}
            course = let_happen(acts, last, passed=lambda day: print(f"{day} ", end="", flush=True))
            print("\n")
            return _told(course, last, time.perf_counter() - begun)
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _app_on(engine: str) -> Iterator[Flask]:
    """The application on an empty database of this engine, with a data folder; both gone after the block."""
    scratched = tempfile.TemporaryDirectory(prefix="banso-simulate-", dir=scratch())
    with scratched as folder, _database(engine, Path(folder)) as url:
        data = Path(folder) / "data"
        yield create_app({"DATABASE_URL": url, "DATA_DIR": data, "ENV": "demo", "TODAY": FIRST})


def _told(course: Course, last: date, seconds: float) -> int:
    found = rules.every_rule(course) | {"the cohorts end as published, on the right days": _cohorts(last)}
    print("| fiscal year | projects ended | letters | issued on |\n|---|---|---|---|")
    for year in sorted(NOTICE_DAYS):
        if NOTICE_DAYS[year] <= last:
            letters = [it for it in rules.issued() if it.fiscal_year == year]
            days = sorted({it.issued_on for it in letters if it.issued_on})
            told = ", ".join(f"{day} {day:%a}: {sum(it.issued_on == day for it in letters)}" for day in days)
            print(f"| {year} | {rules.count_of_projects_ended(year)} | {len(letters)} | {told} |")
    print("\nMails: " + ", ".join(f"{kind} {count}" for kind, count in rules.count_of_mails(course).items()))
    for rule, breaks in found.items():
        print(f"{'BROKEN' if breaks else 'holds '}  {rule}" + (f" ({len(breaks)})" if breaks else ""))
        for line in breaks[:5]:
            print(f"          {line}")
    print(f"{seconds:.0f} s", flush=True)
    return sum(bool(breaks) for breaks in found.values())


def _cohorts(last: date) -> list[str]:
    wrong = []
    for year, expected in {**rules.published(), **EXTENDABLE}.items():
        day = NOTICE_DAYS[year]
        if day >= last:
            continue
        letters = [it for it in rules.issued() if it.fiscal_year == year]
        if (rules.count_of_projects_ended(year), len(letters)) != expected:
            wrong.append(f"FY{year}: not {expected[0]} projects and {expected[1]} letters")
        late = [it for it in letters if it.issued_on != day]
        if year == LATE_YEAR and last > ISSUED_LATE > LATE_DAY:
            late = [] if [it.issued_on for it in late] == [ISSUED_LATE] else late
        wrong += [f"FY{year}: {it.number} on {it.issued_on}, not on {day}" for it in late]
    return wrong


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    """The address of an empty database in `folder`, gone after the block."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'banso.sqlite'}"
        return
    server = embedded(folder).get_server(folder / "pg", cleanup_mode="delete")
    try:
        for setting in ("fsync = off", "synchronous_commit = off"):  # nothing here must outlive a power cut
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf()")
        server.psql("CREATE DATABASE simulation")
        yield (
            server.get_uri()
            .replace("/postgres?", "/simulation?")
            .replace("postgresql://", "postgresql+psycopg://")
        )
    finally:
        server.cleanup()


main()
