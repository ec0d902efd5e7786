"""Every recurring job, on one page: its order and its time. What a job does stands in the manifest that brings it.

The daily jobs run in the order of DAILY, any number of times a day, on any number of machines: each finds what is due by
now, not what is due today, so that a standstill is caught up late rather than never; and each is safe to repeat.
One worker at a time runs them (an advisory lock on PostgreSQL, a file lock beside an SQLite database). While the work
is halted (app/halting.py) none of them runs but the delivery of mail. Before each turn somebody looks at the clock
(app/timekeeping.py).
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from time import monotonic
from typing import Any

from flask import Flask, current_app
from sqlalchemy import text

import private
from app import calendar, halting, head, timekeeping
from app.applications import quarantine
from app.correspondence import delivery
from app.db import db
from app.pace import SteadyScheduler
from app.proof import rereading
from app.schedule import work
from app.web import clock, keeping
from app.web.manifest import Job, Manifest, brought

log = logging.getLogger(__name__)
OFFICE_OPENS = time(8, 30)  # letters leave in the morning of a working day, not at midnight
DAILY_LOCK = 72020
STALLED_AFTER = (
    120  # seconds without a turn: one begins every second, and waits half a minute for a busy database
)

DAILY = (
    "merge_bodies",  # before anything is told to the bodies, or found of them
    # In March: whom to tell, then the letters that a director has approved, on the day they leave; then who is late.
    "draft_support_end_letters",
    "issue_support_end_letters",
    "draft_extension_guidance",  # in October
    "issue_letters_at_once",
    "escalate_unapproved_letters",
    "escalate_unrecorded_extensions",
    # What a passed day has made final is recorded before anybody is reminded of it.
    "end_projects",
    "lapse_corrections",
    "ask_for_seats",
    # In February, and the letters of it as a director approves them.
    "ask_for_reports",
    "issue_report_letters",
    "check_files",
    "send_reminders",
    "seal_former_records",
    "mail_history_head",  # of all that the jobs above have written
    # The copies tell of the mails queued until here, and leave with them.
    "copy_to_officers",
    "deliver_mails",
    "forget_sessions",
    "reread_files",  # last of all: it may take long
)
GOES_ON = {"deliver_mails"}  # while the work is halted, unless the halt holds mails back as well


def run_daily(on: date, *, at: datetime | None = None) -> dict[str, Any]:
    """Run every daily job as of `on`: job → what it did. A job that fails is told and does not stop the others.

    While the work is halted they are passed over, and say so: {"halted": 1}.
    `at` is the instant that goes on record; without it, nine in the morning of `on`.
    """
    at = at or datetime.combine(on, time(9), calendar.JST)
    done: dict[str, Any] = {}
    with _alone(), calendar.pinned_to(at):
        for name, job in daily_jobs().items():
            try:
                done[name] = {"halted": 1} if _waits(name) else job.run(on, at)
                db.session.commit()
            except Exception as problem:
                db.session.rollback()
                log.exception("the job %s failed; it runs again at the next turn", name)
                done[name] = {"error": str(problem) or type(problem).__name__}
    return done


def daily_jobs() -> dict[str, Job]:
    """The daily jobs of all contexts in their order. Raises KeyError for one that no context brings."""
    jobs = brought("jobs")
    return {name: jobs[name] for name in DAILY}


def refuse_unplaced(found: Iterable[Manifest]) -> None:
    """Raises ValueError unless each job that a context brings has its place in the day, and each place its job."""
    if unlike := {name for each in found for name in each.jobs} ^ set(DAILY):
        raise ValueError(f"jobs without a place in app/jobs.py, or places without a job: {sorted(unlike)}")


def _waits(name: str) -> bool:
    return name not in GOES_ON and halting.current() is not None


def start(app: Flask) -> None:
    """Start the clockwork of this process. Several workers may start one: each turn is taken by one of them."""
    global _scheduler, _last_turn
    if _scheduler is not None:
        return
    _scheduler = SteadyScheduler(
        timezone=str(calendar.JST),
        # A turn that comes late, after the clock was set or the machine was busy, is better than none.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    _scheduler.add_job(
        _turn,
        "interval",
        [app, _daily_turn],
        minutes=10,
        id="daily",
        next_run_time=calendar.machine_now(),
    )
    _scheduler.add_job(_turn, "interval", [app, _mail_turn], seconds=20, id="mail")
    _scheduler.add_job(_turn, "interval", [app, _check_turn], seconds=10, id="check")
    _scheduler.add_job(_turn, "interval", [app, _work_turn], seconds=1, id="work")
    _scheduler.add_job(
        _turn,
        "interval",
        [app, _head_turn],
        seconds=20,
        id="head",
        next_run_time=calendar.machine_now(),
    )
    _scheduler.add_job(
        _turn,
        "interval",
        [app, _sweep_turn],
        minutes=10,
        id="sweep",
        next_run_time=calendar.machine_now(),  # what a crash has left is gone with the next start
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    _last_turn = monotonic()
    _scheduler.start()


def alive() -> bool:
    """Whether the clockwork of this process was started and has taken a turn of late."""
    return _scheduler is not None and _scheduler.running and monotonic() - _last_turn < STALLED_AFTER


def stop() -> None:
    """Let the turn that is running finish, and take no further one."""
    global _scheduler
    if _scheduler is not None:
        _scheduler.shutdown(wait=True)
        _scheduler = None


_scheduler: SteadyScheduler | None = None
_last_turn = 0.0  # by the monotonic clock
_told_of_the_head = ""  # so that the log has it once, and not each turn


def _turn(app: Flask, job: Callable[[], None]) -> None:
    global _last_turn
    _last_turn = monotonic()
    with app.app_context():
        clock.sync()
        try:
            if not clock.in_demo():
                timekeeping.look(calendar.now(), mark=job is _daily_turn)
            job()
        except Exception:
            # A database that is away, a disk that is full: told in the log, tried again at the next turn.
            log.exception("a scheduled turn failed; the next one tries again")
        finally:
            db.session.remove()


def _daily_turn() -> None:
    now = calendar.now()
    if now.time() >= OFFICE_OPENS:
        run_daily(now.date(), at=now)


def _mail_turn() -> None:
    delivery.deliver_due(at=calendar.now())


def _check_turn() -> None:
    """An applicant waits for the verdict, and so may the office: not until tomorrow morning."""
    if current_app.config["CLAMD"]:
        quarantine.check_files(at=calendar.now())
        db.session.commit()


def _head_turn() -> None:
    """On each machine: what a commit could not write of the head, and what another machine has written."""
    global _told_of_the_head
    problem = head.forward()
    if problem and problem != _told_of_the_head:
        log.error("%s; run: flask history verify", problem)
    _told_of_the_head = problem


def _work_turn() -> None:
    while work.run_next(brought("work"), at=calendar.now()):
        pass


def _sweep_turn() -> None:
    rereading.tidy()
    keeping.sweep(at=calendar.now())
    db.session.commit()


@contextmanager
def _alone() -> Iterator[None]:
    """One runner at a time: the others wait for their turn and then find nothing left to do."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": DAILY_LOCK})
            connection.commit()
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": DAILY_LOCK})
                connection.commit()
        return
    with open(current_app.config["DATA_DIR"] / "jobs.lock", "w", opener=private.opener) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


MANIFEST = Manifest(answers={"run_daily": run_daily, "daily_jobs": daily_jobs})
