"""How long a file of a whole list takes, until its last byte is read, and how much memory its worker then takes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.applications.models import Application
from app.db import db
from app.organisations.contacts import tenure_of
from app.projects.models import Project
from app.web.records import within_reach
from tests.benchmarks.client import Client
from tests.benchmarks.served import served, signed_in

WHO = "officer@example.jp"
ROUNDS = 3


def measure(app: Flask, env: dict[str, str]) -> list[dict[str, Any]]:
    """A row for each kind of file: of the case list, and of the register, each as a worker makes it that has made one."""
    with app.app_context():
        cases = db.session.scalar(
            select(func.count()).select_from(within_reach(Application, tenure_of(WHO)).subquery())
        )
        projects = db.session.scalar(select(func.count()).select_from(Project))
        db.session.remove()
    return [
        _measured("CSV", "/applications?format=csv", WHO, cases or 0, env),
        _measured("XLSX", "/applications?format=xlsx", WHO, cases or 0, env),
        # Each in another order: what the public takes is kept in memory.
        _measured("JSON", "/register.json?sort={}", "", projects or 0, env),
    ]


def _measured(name: str, path: str, who: str, rows: int, env: dict[str, str]) -> dict[str, Any]:
    with served("wsgi:app", env) as server:
        cookie = signed_in(server, who) if who else ""
        client = Client(server.port)

        def ask(order: str) -> float:
            answer = client.get(path.format(order), cookie)
            if answer.status != 200:
                raise SystemExit(f"{path} answers {answer.status}")
            return answer.seconds

        ask("number")
        server.forget_peak()
        before, begun = server.megabytes(), server.cpu()
        seconds = [ask(order) for order in ("title", "-title", "state", "-state")[:ROUNDS]]
        cpu = (server.cpu() - begun) / ROUNDS
        return {
            "export": name,
            "rows": rows,
            "seconds": round(statistics.median(seconds), 2),
            "cpu_seconds": round(cpu, 2),
            "peak_mb": round(server.peak_megabytes(), 1),
            "before_mb": round(before, 1),
        }


def table(found: Sequence[dict[str, Any]]) -> str:
    lines = [
        "| file | rows | seconds | CPU seconds | worker before | at its largest |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {it['export']} | {it['rows']:,} | {it['seconds']:.2f} | {it['cpu_seconds']:.2f} | {it['before_mb']:.0f} MB "
        f"| {it['peak_mb']:.0f} MB |"
        for it in found
    ]
    return "\n".join(lines)
