"""The commands: flask applications | projects | kpi | surveys | jobs | letters | mails | users | history | database | backup | restore | registers | questions | lifecycle | demo | doctor.

A word that is not understood ends with one sentence and status 2; nothing is changed by half.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app import calendar, halting, jobs, security, timekeeping
from app.applications.cli import applications
from app.backup.cli import backup, restore
from app.backup.registers import registers
from app.correspondence.cli import letters, mails
from app.correspondence.halts import tell_staff
from app.db import db
from app.demo import clock as demo_clock
from app.demo.cli import demo
from app.demo.following import follow_the_record
from app.diagram import write_diagram
from app.doctor import checks
from app.kpis.cli import kpi
from app.organisations.cli import users
from app.organisations.contacts import NoSuchTenure, tenure_of
from app.permissions import SYSTEM
from app.proof.cli import database, history
from app.questions.cli import questions
from app.reporting.cli import projects
from app.surveys.cli import surveys
from app.web import clock
from app.web.commands import take_words

jobs_group = AppGroup("jobs", help="The recurring jobs.")
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
        applications,
        projects,
        kpi,
        surveys,
        jobs_group,
        history,
        database,
        security_group,
        lifecycle_group,
        letters,
        mails,
        users,
        doctor,
        backup,
        restore,
        registers,
        questions,
    ):
        app.cli.add_command(command)
    app.cli.add_command(demo)
    take_words(app.cli)


@jobs_group.command("run")
@click.option("--on", type=Day(), default=None, help="The day to run as of; today without it.")
@click.option("--json", "as_json", is_flag=True, help="Print what each job did as JSON.")
def run_jobs(on: date | None, as_json: bool) -> None:
    """Run the daily jobs once. In a demo the clock follows to that day; elsewhere no day to come is run."""
    clock.sync()
    day, at = on or calendar.today(), None
    if clock.in_demo():
        clock.follow(day)
        at = demo_clock.hour_of_jobs(day)
        follow_the_record(at)
        db.session.commit()
    else:
        _refuse_day_to_come(day)
        timekeeping.look(calendar.now())
        at = calendar.now() if day == calendar.today() else None
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


def _refuse_day_to_come(day: date) -> None:
    """Not even on confirmation: nobody needs it, and what it would do cannot be taken back (docs/adr/0017)."""
    if day > calendar.today():
        raise click.UsageError(
            f"{day.isoformat()} is still to come (today is {calendar.today().isoformat()}): the jobs of that day would "
            "issue letters and end projects before their time, and nothing takes that back. Rehearse it in a demo "
            "copy (another BANSO_DATA_DIR, with BANSO_TODAY), or with script/simulate."
        )


@jobs_group.command("halt")
@click.option("--reason", required=True, help="Why; staff read it.")
def halt_jobs(reason: str) -> None:
    """Halt the automatic work: nothing is issued, ended or announced until somebody lifts the halt."""
    clock.sync()
    if not reason.strip():
        raise click.BadParameter("say why", param_hint="--reason")
    at = calendar.now()
    halt = halting.halt(halting.BY_HAND, at=at, facts={"remark": reason.strip()})
    tell_staff(halt, at=at)
    db.session.commit()
    click.echo("The automatic work is halted. flask jobs resume lifts the halt.")


@jobs_group.command("resume")
@click.option(
    "--as", "email", required=True, metavar="EMAIL", help="The director or administrator who has looked."
)
@click.option("--remark", required=True, help="What was found; it goes on record.")
def resume_jobs(email: str, remark: str) -> None:
    """Lift the halt of the automatic work, in somebody's name: the clock is right, and what was due may go out."""
    clock.sync()
    found = halting.open_halts()
    if not found:
        raise click.ClickException("The automatic work is not halted.")
    try:
        who = tenure_of(email)
    except NoSuchTenure as problem:
        raise click.BadParameter(str(problem), param_hint="--as") from problem
    if not who.may("jobs.resume"):
        raise click.BadParameter(f"{email} is {who.role} and may not lift a halt", param_hint="--as")
    if not remark.strip():
        raise click.BadParameter("say what was found", param_hint="--remark")
    for halt in found:
        halting.lift(halt, actor=who, at=calendar.now(), remark=remark)
        click.echo(f"Lifted: {halt.reason}, since {halt.since.isoformat()}")
    db.session.commit()


@lifecycle_group.command("diagram")
@click.option("--check", is_flag=True, help="Only tell whether docs/lifecycle.md is up to date.")
def diagram(check: bool) -> None:
    """Draw the lifecycle table into docs/lifecycle.md."""
    if not write_diagram(check=check):
        raise click.ClickException(
            "docs/lifecycle.md is not what app/lifecycle/ says; run: flask lifecycle diagram"
        )
    click.echo("docs/lifecycle.md is up to date.")


@demo.command("clock")
@click.argument("day", metavar="DATE", type=Day())
def move_demo_clock(day: date) -> None:
    """Move the demo's clock forward to DATE; each passed day's jobs run in order. Refused outside a demo."""
    clock.sync()
    if not clock.in_demo():
        raise click.UsageError(
            "this is no demo: the jobs of all those days would issue letters and end projects before their time, and "
            "the clock would stand still from then on. Start a demo of its own (another BANSO_DATA_DIR, with "
            "BANSO_ENV=demo)."
        )
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
