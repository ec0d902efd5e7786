"""flask history verify | head | seal, flask database grant | guard."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale, gettext
from sqlalchemy import Connection, create_engine

from app import calendar, head
from app.db import db
from app.guards import catalogue, rights, searches
from app.head import SignedHead
from app.proof import sealing
from app.proof.operations import renew_head
from app.proof.parts import MEANS, MOST_TOLD, Part
from app.proof.verification import verify
from app.web import clock

history = AppGroup("history", help="The history, its hash chain, and all that is bound to it.")
database = AppGroup("database", help="What the owner of the database does after each `flask db upgrade`.")


class KeptHead(click.ParamType):
    name = "number:hash:mac"

    def convert(
        self, value: SignedHead | str, param: click.Parameter | None, ctx: click.Context | None
    ) -> SignedHead:
        try:
            return value if isinstance(value, SignedHead) else head.parse(value)
        except head.NoHead as problem:
            self.fail(str(problem), param, ctx)


@history.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the parts as JSON.")
@click.option("--without-files", is_flag=True, help="Leave out reading each frozen file.")
@click.option(
    "--no-head", is_flag=True, help="Leave out the heads kept in the data folder (after a restore)."
)
@click.option(
    "--head", "mailed", type=KeptHead(), multiple=True, help="A head from a daily mail; may be repeated."
)
def verify_history(as_json: bool, without_files: bool, no_head: bool, mailed: tuple[SignedHead, ...]) -> None:
    """Compare all that is written and sent with guards, chain, heads and seals; exit 1 for any difference."""
    clock.sync()
    parts = []
    for part in verify(mailed=mailed, in_folder=not no_head, with_files=not without_files):
        parts.append(part)
        if not as_json:
            say_part(part)
    holds = all(part.holds for part in parts)
    last = head.last() if holds else None
    if as_json:
        result = {
            "holds": holds,
            "head": last.line if last else None,
            "parts": [part.to_json() for part in parts],
        }
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        _say_what_it_comes_to(parts, last)
    if not holds:
        raise SystemExit(1)


def say_part(part: Part) -> None:
    """What came of one part, with all that does not hold."""
    click.echo(f"{'holds' if part.holds else 'BROKEN':<7} {part.name} ({part.looked_at})")
    if not part.holds:
        for language in ("en", "ja"):
            with force_locale(language):
                click.echo(f"        {gettext(MEANS[part.name])}")
    for sentence in part.problems:
        click.echo(f"        - {sentence}")
    if part.broken > MOST_TOLD:
        click.echo(f"        - and {part.broken - MOST_TOLD} more.")
    for note in part.notes:
        click.echo(f"        note: {note}")


def _say_what_it_comes_to(parts: Iterable[Part], last: SignedHead | None) -> None:
    broken = [part.name for part in parts if not part.holds]
    if broken:
        click.echo(
            f"Not everything holds: {', '.join(broken)}. See docs/operations.md, Backup and proof.", err=True
        )
    elif last is None:
        click.echo("The history is empty.")
    else:
        click.echo(f"{last.id} entries, all hold. Head: {last.line}")


@history.command("head")
@click.option(
    "--renew", metavar="REASON", default="", help="Begin anew from the chain as it is: after a restore."
)
def show_head(renew: str) -> None:
    """Bring the kept head up to date and print it, as `flask history verify --head` takes it."""
    clock.sync()
    if renew.strip():
        renew_head(reason=renew.strip(), at=calendar.now())
        db.session.commit()
    problem = head.forward()
    last = head.last()
    if last is None:
        click.echo("The history is empty.")
        return
    click.echo(last.line)
    if problem:
        raise click.ClickException(f"{problem}. Run: flask history verify")


@history.command("seal")
def seal_former() -> None:
    """Seal what an earlier version has written; the daily jobs do the same."""
    clock.sync()
    count = sealing.seal_former(at=calendar.now())
    db.session.commit()
    click.echo(f"{count} records sealed.")


@database.command("grant")
@click.argument("role")
def grant(role: str) -> None:
    """Give the account of the application exactly what it needs on every table."""
    with _as_owner() as connection:
        try:
            tables = rights.grant(connection, role)
        except rights.NotPossible as problem:
            raise click.UsageError(str(problem)) from problem
    click.echo(f"{role} may work with {tables} tables, and own, empty or change none of them.")


@database.command("guard")
def guard() -> None:
    """Make the triggers that keep what is written anew, where `flask history verify` misses one."""
    with _as_owner() as connection:
        catalogue.drop_all(connection)
        catalogue.create_all(connection)
        if connection.dialect.name == "sqlite":
            searches.make_anew(connection)
    click.echo("All guards are in place.")


@contextmanager
def _as_owner() -> Iterator[Connection]:
    """A transaction of BANSO_DATABASE_OWNER_URL; of the application's own account where none is set."""
    db.session.rollback()
    url = current_app.config["DATABASE_OWNER_URL"]
    engine = create_engine(url) if url else db.engine
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        if url:
            engine.dispose()
