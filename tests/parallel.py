"""Several at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from app.db import db


def in_parallel(app: Flask, *jobs: Callable[[], Any]) -> list[Any]:
    """Each job in a thread and an application context of its own, all starting at once; their results."""
    db.session.commit()
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait(timeout=30)
            return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, job) for job in jobs]]
