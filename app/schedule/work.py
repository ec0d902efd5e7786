"""Long work: queued by a person, done by a worker, followed on a page that can be left and come back to.

A worker holds a lock for as long as it works, a lock that the database (or, beside SQLite, the system) takes back when
the worker dies. So "somebody is working on it" is known without a clock, and what a dead worker left is picked up again.
Work functions are written to be safe to run again: what they have committed they do not do twice.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

import private
from app import calendar
from app.actors import Actor
from app.db import db
from app.explained import Explained
from app.lifecycle import N_, NotAllowed
from app.organisations.models import Seat, Tenure
from app.permissions import SYSTEM
from app.schedule.models import Work

MOST_ATTEMPTS = 3
LOCK_SPACE = 72019  # our part of PostgreSQL's advisory locks
log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]  # (done, total)

LEFT_TOO_OFTEN = N_(
    "This work was broken off several times, by a restart or a fault of the machine, and was given up."
)
MOVED_ON = N_("The case had moved on before this work had its turn; nothing more was done. Look at the case.")
FAULT = N_("This work stopped at a fault on our side, which has been recorded.")
UNKNOWN = N_("This work was queued by another version of the system, which called it differently.")


class WorkFailed(Explained):
    """Raised by a work function that cannot go on. The sentence is kept with the work; it has no values."""

    def __init__(self, msgid: str) -> None:
        super().__init__(msgid)


Function = Callable[..., Any]
"""Called as function(arguments, actor=, at=, progress=). What it leaves uncommitted is committed with its end."""


def enqueue(
    name: str, arguments: dict[str, Any], *, title: str, then: str, actor: Actor, at: datetime
) -> Work:
    """Queue `name` (a key of the worker's table). The same work that still waits or runs is returned, not doubled.

    `then` is the path of the page to go on to when it is finished. The caller commits.
    """
    if db.session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        # Of two clicks at once the second waits here, and then finds the work of the first.
        db.session.execute(text("SELECT pg_advisory_xact_lock(:space, 0)"), {"space": LOCK_SPACE})
    unfinished = select(Work).where(Work.name == name, Work.finished_at.is_(None))
    for waiting in db.session.scalars(unfinished):
        if waiting.arguments == arguments:
            return waiting
    work = Work(
        name=name,
        arguments=arguments,
        tenure_id=getattr(actor, "id", None),
        title=title,
        then=then,
        queued_at=at,
        created_at=at,
    )
    db.session.add(work)
    work.record("queued", actor=actor, at=at, changes={"title": title}, audience="office")
    return work


def run_next(table: Mapping[str, Function], at: datetime) -> Work | None:
    """Do the oldest work that nobody is doing, to its end; None when there is none. Commits.

    Raises OperationalError when the database goes away: the work is then left as it is and picked up again.
    """
    waiting = list(db.session.scalars(select(Work.id).where(Work.finished_at.is_(None)).order_by(Work.id)))
    db.session.rollback()
    for work_id in waiting:
        with _turn(work_id) as progress:
            if progress is None:
                continue  # another worker is at it
            work = _begin(work_id, at)
            if work is None:
                continue  # another worker has just finished it
            if not work.finished_at:
                _run(work, table, progress, at)
            return db.session.get(Work, work_id)
    return None


def progress_of(work: Work) -> tuple[int, int]:
    """(done, total) as last told by the worker; total 0: it has not said yet."""
    if work.finished_at is None and db.engine.dialect.name == "sqlite":
        try:
            done, total = _file_of(work.id).read_text().split()
            return int(done), int(total)
        except (OSError, ValueError):
            pass
    return work.done, work.total


def _begin(work_id: int, at: datetime) -> Work | None:
    work = db.session.get(Work, work_id, populate_existing=True)
    if work is None or work.finished_at:
        db.session.rollback()
        return None
    if work.attempts >= MOST_ATTEMPTS:
        _fail(work, LEFT_TOO_OFTEN)
    else:
        work.started_at = at
        work.attempts += 1
    db.session.commit()
    return work


def _run(work: Work, table: Mapping[str, Function], progress: Progress, at: datetime) -> None:
    work_id, title = work.id, work.title
    try:
        function = table.get(work.name)
        if function is None:
            raise WorkFailed(UNKNOWN)
        function(dict(work.arguments), actor=_on_behalf_of(work), at=at, progress=progress)
        work = db.session.get_one(Work, work_id)
        work.finished_at = calendar.now()
        db.session.commit()
    except OperationalError:
        db.session.rollback()
        raise
    except Exception as problem:
        db.session.rollback()
        log.exception("work %s (%s) failed", work_id, title)
        _fail(db.session.get_one(Work, work_id), _sentence(problem))
        db.session.commit()


def _sentence(problem: Exception) -> str:
    if isinstance(problem, WorkFailed):
        return problem.msgid
    return MOVED_ON if isinstance(problem, NotAllowed) else FAULT


def _fail(work: Work, msgid: str) -> None:
    work.error, work.finished_at = msgid, calendar.now()
    work.record("failed", actor=SYSTEM, at=work.finished_at, changes={"error": msgid}, audience="office")


def _on_behalf_of(work: Work) -> Any:
    if work.tenure_id is None:
        return SYSTEM
    person_and_seat = (joinedload(Tenure.person), joinedload(Tenure.seat).joinedload(Seat.organisation))
    return db.session.get_one(Tenure, work.tenure_id, options=person_and_seat)


@contextmanager
def _turn(work_id: int) -> Iterator[Progress | None]:
    """Hold the work for this worker alone: the function that tells its progress, or None when another holds it."""
    held = _advisory_lock if db.engine.dialect.name == "postgresql" else _file_lock
    with held(work_id) as progress:
        yield progress


@contextmanager
def _advisory_lock(work_id: int) -> Iterator[Progress | None]:
    key = {"space": LOCK_SPACE, "work": work_id}
    # A connection of its own that commits at once: progress is seen while the work's own transaction is open.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:space, :work)"), key):
            yield None
            return

        def tell(done: int, total: int) -> None:
            connection.execute(update(Work).where(Work.id == work_id).values(done=done, total=total))

        try:
            yield tell
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:space, :work)"), key)


@contextmanager
def _file_lock(work_id: int) -> Iterator[Progress | None]:
    # SQLite takes one writer at a time, and the work's own transaction is it: progress goes into the locked file.
    path = _file_of(work_id)
    private.folder(path.parent)
    with open(path, "a+b", opener=private.opener) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        file.truncate(0)
        yield lambda done, total: _overwrite(path, f"{done:>12} {total:>12}\n")


def _overwrite(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, line.encode(), 0)
    finally:
        os.close(handle)


def _file_of(work_id: int) -> Path:
    return Path(current_app.config["DATA_DIR"]) / "work" / str(work_id)
