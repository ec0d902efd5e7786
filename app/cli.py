"""The commands: flask jobs | letters | mails | users | history | lifecycle | demo | doctor.

A word that is not understood ends with one sentence and status 2; nothing is changed by half.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app import calendar, jobs, security
from app.correspondence.cli import letters, mails
from app.db import HistoryEntry, db, first_broken_entry
from app.demo import clock as demo_clock
from app.demo.cli import demo
from app.demo.following import follow_the_record
from app.diagram import write_diagram
from app.doctor import checks
from app.organisations.cli import users
from app.permissions import SYSTEM
from app.web import clock

jobs_group = AppGroup("jobs", help="The recurring jobs.")
history_group = AppGroup("history", help="The history and its hash chain.")
security_group = AppGroup("security", help="The security log.")
lifecycle_group = AppGroup("lifecycle", help="The table of states and moves.")


class Day(click.ParamType):
    """A day: 2023-03-31, R5.3.31, 令和5年3月31日."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            return calendar.parse_date(value)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


def register(app: Flask) -> None:
    """Add every command group; each command starts by reading the demo's clock."""
    for command in (
        jobs_group,
        history_group,
        security_group,
        lifecycle_group,
        letters,
        mails,
        users,
        doctor,
    ):
        app.cli.add_command(command)
    app.cli.add_command(demo)


@jobs_group.command("run")
@click.option("--on", type=Day(), default=None, help="The day to run as of; today without it.")
@click.option("--json", "as_json", is_flag=True, help="Print what each job did as JSON.")
def run_jobs(on: date | None, as_json: bool) -> None:
    """Run the daily jobs once. In a demo the clock follows to that day."""
    clock.sync()
    day, at = on or calendar.today(), None
    if clock.in_demo():
        clock.follow(day)
        at = demo_clock.hour_of_jobs(day)
        follow_the_record(at)
        db.session.commit()
    done = jobs.run_daily(day, at=at)
    failed = any("error" in result for result in done.values())
    if as_json:
        click.echo(json.dumps({"on": day.isoformat(), "jobs": done}, ensure_ascii=False, indent=2))
    else:
        click.echo(day.isoformat())
        for name, result in done.items():
            click.echo(f"  {name}: " + ", ".join(f"{what} {count}" for what, count in result.items()))
    if failed:
        raise SystemExit(1)


@history_group.command("verify")
def verify_history() -> None:
    """Walk the hash chain; exit 1 and name the first entry that does not hold."""
    broken = first_broken_entry()
    if broken:
        number, why = broken
        raise click.ClickException(f"history entry {number} is broken: {why}")
    last = db.session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first()
    if last is None:
        click.echo("The history is empty.")
    else:
        click.echo(f"{last.id} entries, all hold. Head: {last.hash}")


@lifecycle_group.command("diagram")
@click.option("--check", is_flag=True, help="Only tell whether docs/lifecycle.md is up to date.")
def diagram(check: bool) -> None:
    """Draw the lifecycle table into docs/lifecycle.md."""
    if not write_diagram(check=check):
        raise click.ClickException(
            "docs/lifecycle.md is not what app/lifecycle.py says; run: flask lifecycle diagram"
        )
    click.echo("docs/lifecycle.md is up to date.")


@demo.command("clock")
@click.argument("day", metavar="DATE", type=Day())
def move_demo_clock(day: date) -> None:
    """Move the demo's clock forward to DATE; each passed day's jobs run in order."""
    clock.sync()
    try:
        demo_clock.check_forward(day)
    except demo_clock.NotForward as problem:
        raise click.UsageError(str(problem)) from None
    passed = demo_clock.move_clock(day, jobs.run_daily)
    click.echo(f"Days passed: {passed}. The demo's clock stands at {day.isoformat()}")


@security_group.command("forget")
def forget_old_security_events() -> None:
    """Delete what is older than three years; once a month is often enough."""
    clock.sync()
    gone = security.forget_old(actor=SYSTEM, at=calendar.now())
    db.session.commit()
    click.echo(f"{gone} entries older than {security.KEPT_FOR_YEARS} years were deleted.")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check what the product needs on this machine; exit 1 with what is missing."""
    clock.sync()
    missing = 0
    for name, problem in checks():
        click.echo(f"{'missing' if problem else 'ok':8} {name}" + (f": {problem}" if problem else ""))
        missing += bool(problem)
    raise SystemExit(1 if missing else 0)
