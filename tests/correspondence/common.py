"""What several tests of letters and mails do alike."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.correspondence.models import Mail
from app.db import HistoryEntry, db
from tests import factories


def events(record) -> list[str]:
    """What the history says of `record`, newest first."""
    return [entry.event for entry in db.session.scalars(HistoryEntry.of(record))]


def a_mail(**values) -> Mail:
    mail = factories.mail(**values)
    db.session.commit()
    return mail


def in_parallel(app, *jobs):
    """Each job in a thread and an application context of its own, all starting at once; their results."""
    db.session.commit()
    start = Barrier(len(jobs))

    def run(job):
        with app.app_context():
            start.wait(timeout=30)
            return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, job) for job in jobs]]


def unwrapped(body: str) -> str:
    """A mail's text without its line ends and indents, to look for words that may be broken."""
    return re.sub(r"\n[ 　]*", "", body)
