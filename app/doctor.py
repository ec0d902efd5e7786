"""What the product needs on a machine, checked: `flask doctor`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import private
from app import head
from app.correspondence import smtp
from app.correspondence.rendering import japanese_font_available
from app.db import db
from app.guards import rights
from app.programmes.voice import SETTINGS, all_programmes
from app.proof.files import on_record
from app.safekeeping import clamd
from app.storage import Folder, storage
from config import MEBIBYTE

ROOM = 500 * MEBIBYTE
HALF_AFTER, LOOSE_AFTER = 24 * 3600, 3600  # seconds: until then somebody may still be at work with it


def checks() -> Iterator[tuple[str, str]]:
    """(what, what is wrong with it; empty when all is well)."""
    yield (
        "Japanese font for letters",
        "" if japanese_font_available() else "install pylopdf-fonts-jp (script/setup)",
    )
    yield "letter engine", _letter_engine()
    yield "database", _database()
    yield "head of the history", _head()
    yield "account of the database", _account()
    yield "storage", _storage()
    yield from _files()
    if current_app.config["CLAMD"]:
        yield "check for malware", clamd.answers(current_app.config["CLAMD"])
    yield "files for nobody else", _closed_to_others()
    free = shutil.disk_usage(current_app.config["DATA_DIR"]).free
    yield (
        "disk",
        "" if free > ROOM else f"only {free // MEBIBYTE} MB free in {current_app.config['DATA_DIR']}",
    )
    yield "mail server", _mail_server()
    yield "what the first programme says", _said_otherwise()


def _letter_engine() -> str:
    try:
        import weasyprint  # noqa: F401  (loads the system's Pango)
    except OSError as problem:
        return f"a system library is missing ({problem}); run script/setup"
    return ""


class Away(Exception):
    """The database does not answer."""


def migrations() -> tuple[str | None, str | None]:
    """At which migration the database is, and the newest that the program has. Raises Away."""
    try:
        # Not a connection of its own: with SQLite it would wait for the one that has read the demo's clock.
        connection = db.session.connection()
        connection.execute(text("SELECT 1"))
        here = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as problem:
        raise Away(str(problem).splitlines()[0]) from problem
    return here, _newest(Path(current_app.extensions["migrate"].directory))


@cache
def _newest(folder: Path) -> str | None:
    return ScriptDirectory(str(folder)).get_current_head()


def _database() -> str:
    try:
        here, head = migrations()
    except Away as problem:
        return str(problem)
    return "" if here == head else f"it is at migration {here}, the program at {head}; run: flask db upgrade"


def _head() -> str:
    try:
        return head.state()
    except SQLAlchemyError as problem:
        db.session.rollback()
        return str(problem).splitlines()[0]


def _account() -> str:
    """Outside an office, where the demo and tests run, one account does it all."""
    if current_app.config["ENV"] != "production":
        return ""
    try:
        return rights.warning(db.session.connection())
    except SQLAlchemyError as problem:
        db.session.rollback()
        return str(problem).splitlines()[0]


def _storage() -> str:
    try:
        storage().check()
    except OSError as problem:
        return str(problem)
    return ""


def _files() -> Iterator[tuple[str, str]]:
    """Whether what is on record lies there and nothing else does. What each file holds, `flask history verify` reads."""
    try:
        known = {path for path, _sha256, _whose in on_record()}
        lying = list(storage().stored())
    except (SQLAlchemyError, OSError) as problem:
        db.session.rollback()
        yield "files on record", str(problem).splitlines()[0]
        return
    now = time.time()
    missing = known - {file.path for file in lying}
    half = [it.path for it in lying if it.is_half and it.changed_at < now - HALF_AFTER]
    loose = [
        it.path
        for it in lying
        if not it.is_half and it.path not in known and it.changed_at < now - LOOSE_AFTER
    ]
    yield "files on record", _listed(missing, "missing: put them back from a backup of the files")
    yield "files that nothing names", _listed(loose, "named by no record; look at them, and take them away")
    yield "half files", _listed(half, "left by an upload that was broken off; delete them")


def _listed(paths: Iterable[str], what: str) -> str:
    named = sorted(paths)
    return (
        f"{len(named)} {what}: {', '.join(named[:3])}{' and more' if len(named) > 3 else ''}" if named else ""
    )


def _closed_to_others() -> str:
    data_dir, store = current_app.config["DATA_DIR"], storage()
    folders = [store.root] if isinstance(store, Folder) else []
    private.narrow(data_dir, *folders)
    left = list(islice(private.open_to_others(data_dir, *folders), 4))
    if not left:
        return ""
    named = ", ".join(map(str, left[:3])) + (" and more" if len(left) > 3 else "")
    return f"others on this machine have rights to {named}; as their owner run: chmod -R go= on them"


def _mail_server() -> str:
    url = current_app.config["SMTP_URL"]
    if not url:
        return (
            ""
            if current_app.config["DEMO"]
            else "BANSO_SMTP_URL is not set: mails are kept as .eml files and not sent, links to passwords included"
        )
    try:
        return smtp.trial(smtp.Server.at(url))
    except ValueError as problem:
        return str(problem)


def _said_otherwise() -> str:
    """A setting that made the first programme, and that nobody reads any more, would mislead whoever changes it."""
    try:
        programmes = all_programmes()
    except SQLAlchemyError as problem:
        db.session.rollback()
        return str(problem).splitlines()[0]
    in_force = (
        {setting: getattr(programmes[0], name) for name, setting in SETTINGS.items()} if programmes else {}
    )
    set_by_hand = current_app.config["SAID_BY_SETTINGS"]
    other = [
        f"BANSO_{it}"
        for it in set_by_hand
        if in_force.get(it, current_app.config[it]) != current_app.config[it]
    ]
    if not other:
        return ""
    return f"its page says another thing than {', '.join(other)}, and the page counts; take the setting away"
