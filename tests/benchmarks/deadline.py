"""script/bench deadline: hundreds of approvers submit in the seconds around the instant at which a call closes.

The server is gunicorn as an office runs it, with its jobs, on PostgreSQL; each client is a person of a body of their own
with a session and a complete draft, the programme's own form and a file. The exit status is 1 when a promise was broken.
"""

from __future__ import annotations

import time
from typing import Any

from tests.benchmarks import crowd, deadline_world, verdict
from tests.benchmarks import served as measured
from tests.faults.server import Server, served

PROMISE = "Whatever reached the server before the instant is taken, once and whole, and nothing else; each is answered."
CLIENTS = 500
SECONDS = 10.0  # before the instant and after it
LEAD = 4  # seconds until the first of them


def measure(
    clients: int = CLIENTS, seconds: float = SECONDS, workers: int = 1
) -> tuple[dict[str, Any], list[str]]:
    """The figures, and a sentence for each promise that was broken; by one worker, as production begins with, or more."""
    drafts: list[deadline_world.Draft] = []

    def prepare(_server: Server) -> None:
        began = time.monotonic()
        drafts.extend(deadline_world.made(clients))
        _say(f"{clients} bodies, each with a complete draft ({time.monotonic() - began:.0f} s)")

    environment = {"WEB_CONCURRENCY": str(workers)}
    with served("postgresql", prepare=prepare, environment=environment) as server:
        began = time.monotonic()
        waiting = crowd.signed_in(server, drafts)
        _say(f"{clients} approvers signed in, each before the button ({time.monotonic() - began:.0f} s)")
        with server.inside():
            closes = deadline_world.closes_in(LEAD + seconds)
        worker = measured.Server(server.port, server.pid)
        before = worker.cpu()
        asked = crowd.press(waiting, closes, seconds)
        worked = worker.cpu() - before
        _say("all are answered or have given up; looking at what is on record")
        with server.inside() as app:
            kept = deadline_world.kept(drafts)
            history = app.test_cli_runner().invoke(args=["history", "verify"])
    found = verdict.counted(asked, kept, closes) | {"workers": workers, "cpu_s": round(worked, 1)}
    broken = verdict.broken(asked, kept, closes, clients=clients)
    if history.exit_code != 0:
        broken.append(f"the history does not hold: {history.output.strip()}")
    return found | {"broken": broken}, broken


def table(it: dict[str, Any]) -> str:
    """The figures for people."""
    heads = "| sent | asked | accepted | refused | p50 | p95 | longest |\n|---|---|---|---|---|---|---|"
    rows = [
        f"| {name} | {its['asked']} | {its['accepted']} | {its['refused']} | {its['p50_s']:.2f} s | {its['p95_s']:.2f} s "
        f"| {its['max_s']:.2f} s |"
        for name in verdict.CAME
        if (its := it[name])["max_s"] is not None
    ]
    told = (
        f"{it['clients']} clients: {it['errors']} errors, {it['receipts']} receipts, {it['snapshots_complete']} snapshots "
        f"complete, {it['drafts_kept']} drafts kept as they were, {it['after']['told_why']} told that it is closed and what was "
        f"kept, {it['duplicate_numbers']} duplicate numbers of {it['highest_number']}. Workers: {it['workers']}; they worked "
        f"{it['cpu_s']} s."
    )
    return "\n".join([heads, *rows, "", told])


def _say(what: str) -> None:
    print(f"… {what}", flush=True)
