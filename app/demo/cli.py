"""flask demo load | accounts; `clock` runs jobs and so stands in app/cli.py."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app import calendar
from app.db import db
from app.demo import sample_going_on
from app.demo.accounts import ACCOUNTS, PASSWORD
from app.demo.loading import AlreadyLoaded
from app.demo.loading import load as load_demo
from app.web import clock

demo = AppGroup("demo", help="The demo: the programme's real history, and its clock.")


@demo.command("load")
@click.option("--if-empty", is_flag=True, help="Leave a database that is in use as it is, and say nothing.")
def load(if_empty: bool) -> None:
    """Fill an empty database with the programme's history. Refused for an office: everybody knows its passwords."""
    clock.sync()
    if current_app.config["ENV"] == "production" and not clock.in_demo():
        raise click.UsageError(
            "this is no demo: its accounts have passwords that everybody knows, and its clock stands still. Load it "
            "elsewhere (another BANSO_DATA_DIR, with BANSO_ENV=demo)."
        )
    try:
        made = load_demo()
    except AlreadyLoaded:
        if if_empty:
            return
        raise click.UsageError(
            "there is a programme on record already; the demo is for an empty database"
        ) from None
    click.echo("Loaded: " + ", ".join(f"{count} {what}" for what, count in made.items()))
    clock.sync()
    click.echo(f"The demo's clock stands at {calendar.today().isoformat()}")


@demo.command("extensions")
def extensions() -> None:
    """Add made-up projects of a three-year call: one extended to five years, one not, one cancelled, others on their way."""
    clock.sync()
    if not clock.in_demo():
        raise click.UsageError("this is no demo: nothing made up is entered into an office's record")
    try:
        made = sample_going_on.load(at=calendar.now())
    except sample_going_on.Impossible:
        raise click.UsageError("load the demo first; they are entered once in a fiscal year") from None
    db.session.commit()
    click.echo(f"Loaded: {made} projects that may be extended, in each state")


@demo.command("accounts")
def accounts() -> None:
    """Print the accounts of the demo."""
    for account in ACCOUNTS:
        click.echo(f"  {account.email:24} {PASSWORD:18} {account.label}")
