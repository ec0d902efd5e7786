"""script/mutants: change the rules one small thing at a time, and print how many of the changes a test noticed."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem, WorkResult

from config import ROOT
from tests.mutants import operators
from tests.mutants.copied import CannotRun, Copy, copied
from tests.mutants.leaving_out import leave_out
from tests.mutants.rules import RULES
from tests.mutants.told import Tally, changed_lines, tell

SESSION = ROOT / "var" / "mutants.sqlite"
SAMPLE, SEED, NEEDED = 10, 7, 85


def main() -> int:
    words = argparse.ArgumentParser(prog="script/mutants", description=__doc__)
    words.add_argument(
        "files", nargs="*", metavar="FILE", help=f"of the {len(RULES)} files of rules; without one, all"
    )
    words.add_argument(
        "--sample", type=int, default=SAMPLE, metavar="N", help=f"changes of each file ({SAMPLE})"
    )
    words.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"which ones are drawn ({SEED})")
    words.add_argument("--all", action="store_true", help="every change there is: a night's work")
    words.add_argument(
        "--survivors", action="store_true", help="once more what was not noticed the last time"
    )
    words.add_argument("--list", action="store_true", help="how many changes each file has; nothing is run")
    words.add_argument(
        "--session", type=Path, default=SESSION, metavar="FILE", help="where the results are kept"
    )
    chosen = words.parse_args()
    if unknown := [name for name in chosen.files if name not in RULES]:
        print(f"banso: {', '.join(unknown)}: not in tests/mutants/rules.py.", file=sys.stderr)
        return 2
    operators.register()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copy is taken away
    chosen.session.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "listed.sqlite") if chosen.list else chosen.session
        with use_db(str(file)) as session:
            return _do(session, chosen)


def _do(session: WorkDB, chosen: argparse.Namespace) -> int:
    files = chosen.files or list(RULES)
    if not chosen.survivors:
        init([Path(name) for name in files], session, {})
        leave_out(session, ROOT)
    pending = _drawn(session, files, chosen)
    if chosen.list:
        for name, items in pending.items():
            print(f"{len(items):5}  {name}")
        return 0
    try:
        return tell(_run(session, pending), needed=NEEDED)
    except CannotRun as why:
        print(f"{why}\nbanso: the tests do not pass without any change, see above.", file=sys.stderr)
        return 2


def _drawn(session: WorkDB, files: list[str], chosen: argparse.Namespace) -> dict[str, list[WorkItem]]:
    """File → what is to be done to it, in the order of its lines."""
    left: Iterable[WorkItem] = session.pending_work_items
    if chosen.survivors:
        left = [
            it for it, result in session.completed_work_items if result.test_outcome == TestOutcome.SURVIVED
        ]
    drawn = {}
    for name in files:
        items = sorted((it for it in left if str(it.mutations[0].module_path) == name), key=_place)
        if not (chosen.all or chosen.survivors or chosen.list):  # a larger sample holds the smaller one
            shuffled = random.Random(f"{chosen.seed} {name}").sample(items, len(items))
            items = sorted(shuffled[: chosen.sample], key=_place)
        if items:
            drawn[name] = items
    return drawn


def _place(item: WorkItem) -> tuple:
    [it] = item.mutations
    return it.start_pos, it.operator_name, it.occurrence


def _run(session: WorkDB, pending: dict[str, list[WorkItem]]) -> Iterable[Tally]:
    with copied() as copy:
        for name, items in pending.items():
            began = time.monotonic()
            took = copy.pass_as_they_are(RULES[name])
            tally = Tally(name)
            for item in items:
                _try(session, copy, item, tally, timeout=30 + 5 * took)
            copy.pass_as_they_are(RULES[name])  # else something else was noticed than the changes
            tally.seconds = time.monotonic() - began
            yield tally


def _try(session: WorkDB, copy: Copy, item: WorkItem, tally: Tally, *, timeout: float) -> None:
    [it] = item.mutations
    name = str(it.module_path)
    source = (copy.tree / name).read_text()
    changed = _mutated(source, it)
    outcome = copy.with_change(name, changed, RULES[name], timeout=timeout)
    lines = changed_lines(source, changed)
    session.set_result(
        item.job_id,
        WorkResult(
            worker_outcome=WorkerOutcome.NORMAL,
            test_outcome=TestOutcome.KILLED if outcome.noticed else TestOutcome.SURVIVED,
            output=outcome.by or outcome.output,
            diff="\n".join(lines),
        ),
    )
    tally.add(it, lines, outcome)


def _mutated(source: str, it: MutationSpec) -> str:
    changed = mutate_code(source, plugins.get_operator(it.operator_name)(**it.operator_args), it.occurrence)
    if changed is None:
        raise SystemExit(f"banso: {it.module_path} has changed since its session began; begin a new one.")
    return changed


sys.exit(main())
