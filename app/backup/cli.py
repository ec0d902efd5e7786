"""flask backup | restore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app import calendar
from app.backup import BackupProblem, archive, making, restoring
from app.db import db
from app.proof.cli import say_part
from app.proof.verification import verify
from app.web import clock
from app.web.commands import say

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@click.option("--check", is_flag=True, help="Read FILE against its manifest; restore nothing.")
@click.option(
    "--without-keys", is_flag=True, help="Leave out the keys of the data folder; keep them elsewhere."
)
@with_appcontext
def backup(file: Path, check: bool, without_keys: bool) -> None:
    """Write database, files and keys into FILE, while the server runs.

    FILE holds secrets: encrypt it, and keep it apart. Exit 1 when it is not written, and when the storage lacks files
    that are on record; these are named, and everything else is in FILE.
    """
    try:
        if check:
            manifest = archive.checked(file)
            click.echo("The backup is whole.")
        else:
            clock.sync()
            manifest = making.make(file, at=calendar.now(), with_keys=not without_keys).manifest
            db.session.remove()
    except BackupProblem as problem:
        raise click.ClickException(str(problem)) from None
    for line in _told(manifest):
        say(line)
    if manifest["damaged"]:
        for lacking in manifest["damaged"]:
            say(f"not in it: {lacking['of']}, {lacking['path']} ({lacking['why']})")
        if not check:
            raise click.ClickException(
                f"the backup {file} is written, but the storage does not have {len(manifest['damaged'])} files as they "
                "are on record; restore these from an earlier backup"
            )


@click.command("restore")
@click.argument("file", type=_FILE)
@with_appcontext
def restore(file: Path) -> None:
    """Bring an installation back from FILE into an empty database, storage and data folder.

    Afterwards the work is halted until a person has looked at what has happened since the backup.
    """
    clock.sync()
    try:
        done = restoring.restore(file, at=calendar.now())
    except BackupProblem as problem:
        raise click.ClickException(str(problem)) from None
    for line in _told(done.manifest):
        say(line)
    holds = True
    for part in verify():
        say_part(part)
        holds = holds and part.holds
    for line in _what_to_do(done.facts):
        say(line)
    if not holds:
        raise click.ClickException(
            "it is restored as it was backed up, and not everything in it holds: see above, and docs/operations.md, "
            "Backup and proof"
        )


def _told(manifest: dict[str, Any]) -> list[str]:
    rows = sum(table["rows"] for table in manifest["tables"].values())
    keys = ", ".join(manifest["keys"]) or "none"
    return [
        f"Made {manifest['made_at']} of {manifest['engine']}, migration {manifest['revision']}.",
        f"{rows} rows in {len(manifest['tables'])} tables, {manifest['files']} files, keys: {keys}.",
        f"History: {manifest['history']['entries']} entries. Head: {manifest['history']['head'] or 'none'}",
        *_last_numbers(manifest),
    ]


def _last_numbers(manifest: dict[str, Any]) -> list[str]:
    return [
        *(
            f"Last document number{_with(it)} of fiscal year {it['fiscal_year']}: {it['last']}"
            for it in manifest["registers"]
        ),
        *(f"Last application number of {it['code']}: {it['last']}" for it in manifest["calls"]),
    ]


def _with(register: dict[str, Any]) -> str:
    """A backup from before registers had marks tells of none."""
    return f" ({register['mark']})" if "mark" in register else ""


def _what_to_do(facts: dict[str, Any]) -> list[str]:
    return [
        "The work is halted: nothing is issued, ended or mailed until a person lifts the halt. Before that:",
        (
            f"1. Find out what went out after {facts['backup_made_at']}: compare the last numbers above with the daily "
            "mail about the history, the paper register, the mail server's log and the recipients."
        ),
        (
            "2. Skip the numbers that were given since, so that none is given twice: flask registers skip --fiscal-year YEAR "
            "--through NUMBER --reason REASON (with --mark MARK where there are several; or --call CODE)"
        ),
        (
            f"3. Decide on the mails that were parked ({facts['mails_parked']}): on the page of each, or on all at once with "
            "flask mails after-restore"
        ),
        "4. Then lift the halt. docs/operations.md, “After a loss”, says all of it step by step.",
    ]
