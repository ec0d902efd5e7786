"""Every recurring job, on one page.

The daily jobs run in this order, any number of times a day, on any number of machines: each finds what is due by
now, not what is due today, so that a standstill is caught up late rather than never; and each is safe to repeat.
One worker at a time runs them (an advisory lock on PostgreSQL, a file lock beside an SQLite database). While the work
is halted (app/halting.py) none of them runs but the delivery of mail. Before each turn somebody looks at the clock
(app/timekeeping.py).
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from time import monotonic
from typing import Any

from flask import Flask, current_app
from sqlalchemy import text

import private
from app import calendar, halting, head, timekeeping
from app.applications import checking
from app.applications import reminders as application_reminders
from app.correspondence import copies, delivery, superseding
from app.councils import reminders as council_reminders
from app.db import db
from app.demo import clock as demo_clock
from app.organisations import sessions
from app.pace import SteadyScheduler
from app.projects import end_of_support, extension
from app.projects import reminders as project_reminders
from app.projects.announcing import announce
from app.proof import daily, sealing
from app.schedule import reminders, work
from app.web import clock, keeping

log = logging.getLogger(__name__)
OFFICE_OPENS = time(8, 30)  # letters leave in the morning of a working day, not at midnight
DAILY_LOCK = 72020
STALLED_AFTER = (
    120  # seconds without a turn: one begins every second, and waits half a minute for a busy database
)

REMINDERS: reminders.Sources = {
    "deadline": (application_reminders.deadline_subjects, application_reminders.remind_of_deadline),
    "correction": (application_reminders.correction_subjects, application_reminders.remind_of_correction),
    "membership_unanswered": (council_reminders.unanswered_subjects, council_reminders.remind_of_answer),
    "council_not_met": (council_reminders.not_met_subjects, council_reminders.remind_of_meeting),
    "support_end": (project_reminders.ending_subjects, project_reminders.remind_of_end),
    # Only foretold: these two are sent by jobs of their own, escalate_…
    "extension_unrecorded": (project_reminders.unrecorded_subjects, None),
    "letters_unapproved": (project_reminders.unapproved_subjects, None),
}

Job = Callable[[date, datetime], dict[str, int]]

DAILY: dict[str, Job] = {
    "draft_support_end_letters": lambda on, at: {"drafted": end_of_support.draft_letters(on=on, at=at)},
    "issue_support_end_letters": lambda on, at: _issued(end_of_support.issue_letters(on=on, at=at)),
    "issue_superseding_letters": lambda on, at: _issued(superseding.issue_approved(on=on, at=at)),
    "escalate_unapproved_letters": lambda on, at: {"mails_queued": end_of_support.escalate(on=on, at=at)},
    "escalate_unrecorded_extensions": lambda on, at: {
        "mails_queued": extension.escalate_unrecorded(on=on, at=at)
    },
    "end_projects": lambda on, at: {"ended": end_of_support.end_projects(on=on, at=at)},
    "lapse_corrections": lambda on, at: {"lapsed": _lapse_corrections(on, at)},
    "send_reminders": lambda on, at: reminders.send_due(REMINDERS, at=at),
    "seal_former_records": lambda on, at: {"sealed": sealing.seal_former(at=at)},
    "mail_history_head": lambda on, at: {"mails_queued": daily.mail_head(on=on, at=at)},
    "copy_to_officers": lambda on, at: {"mails_queued": copies.send(on=on, at=at)},
    "deliver_mails": lambda on, at: delivery.deliver_due(at=at),
    "forget_sessions": lambda on, at: {"removed": sessions.forget_old()},
}

GOES_ON = {"deliver_mails"}  # while the work is halted, unless the halt holds mails back as well


def run_daily(on: date, *, at: datetime | None = None) -> dict[str, Any]:
    """Run every daily job as of `on`: job → what it did. A job that fails is told and does not stop the others.

    While the work is halted they are passed over, and say so: {"halted": 1}.
    `at` is the instant that goes on record; without it, nine in the morning of `on`.
    """
    at = at or datetime.combine(on, time(9), calendar.JST)
    done: dict[str, Any] = {}
    with _alone(), calendar.pinned_to(at):
        for name, job in DAILY.items():
            try:
                done[name] = {"halted": 1} if _waits(name) else job(on, at)
                db.session.commit()
            except Exception as problem:
                db.session.rollback()
                log.exception("the job %s failed; it runs again at the next turn", name)
                done[name] = {"error": str(problem) or type(problem).__name__}
    return done


def _waits(name: str) -> bool:
    return name not in GOES_ON and halting.current() is not None


def _move_clock(arguments: dict[str, Any], *, actor: Any, at: datetime, progress: work.Progress) -> None:
    demo_clock.move_clock(date.fromisoformat(arguments["day"]), run_daily, progress=progress)


WORK: dict[str, work.Function] = {"announce": announce, "move_clock": _move_clock}


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
    _scheduler.add_job(_turn, "interval", [app, _work_turn], seconds=1, id="work")
    _scheduler.add_job(
        _turn,
        "interval",
        [app, _head_turn],
        seconds=20,
        id="head",
        next_run_time=calendar.machine_now(),
    )
    _scheduler.add_job(_turn, "interval", [app, _sweep_turn], minutes=10, id="sweep")
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


def _lapse_corrections(on: date, at: datetime) -> int:
    """On working days: each applicant is told by mail. That nothing comes in any more does not wait for it."""
    return checking.lapse_overdue(at=at) if calendar.is_business_day(on) else 0


def _issued(count: int) -> dict[str, int]:
    return {"issued": count, "mails_queued": count}


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


def _head_turn() -> None:
    """On each machine: what a commit could not write of the head, and what another machine has written."""
    global _told_of_the_head
    problem = head.forward()
    if problem and problem != _told_of_the_head:
        log.error("%s; run: flask history verify", problem)
    _told_of_the_head = problem


def _work_turn() -> None:
    while work.run_next(WORK, at=calendar.now()):
        pass


def _sweep_turn() -> None:
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
