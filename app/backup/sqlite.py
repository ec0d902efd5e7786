"""SQLite: the snapshot is a copy that VACUUM INTO makes within one read transaction, so that writers go on.

(The backup API begins anew whenever another process writes, and under load never ends; a copy of the file while it
is written to is no database. VACUUM INTO leaves out, besides, what was deleted and still lies in free pages.)
A restored database is filled beside its place and gets its name when it is ready.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import create_engine, make_url

import private
from app.backup import BackupProblem
from app.backup.archive import DATABASE, Content, Writer
from app.backup.record import REVISIONS, Ask
from app.backup.standing_in import migrate, standing_in
from app.db import db
from app.guards.searches import INDEX

_WAIT = 60  # seconds for a lock


class Snapshot:
    engine = "sqlite"

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self._file, self._connection = file, connection

    def ask(self, statement: str) -> list[Any]:
        return self._connection.execute(statement).fetchall()

    def each(self, statement: str) -> Iterator[Any]:
        return self._connection.execute(statement)

    def write(self, archive: Writer) -> dict[str, Any]:
        """Put the database into the archive; what the manifest says of it."""
        with self._file.open("rb") as content:
            archive.add_stream(DATABASE, content, self._file.stat().st_size)
        return {"tables": {name: {"rows": rows} for name, rows in row_counts(self.ask).items()}}


@contextmanager
def snapshot(beside: Path) -> Iterator[Snapshot]:
    """A snapshot of the database in use, kept next to `beside` as long as the block lasts. Raises BackupProblem."""
    place = _database()
    copy = beside.with_name(f"{beside.name}.sqlite")
    try:
        copy.unlink(missing_ok=True)  # left by a backup that was killed
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, private.FILE))
        with closing(sqlite3.connect(f"{place.as_uri()}?mode=rw", uri=True, timeout=_WAIT)) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        with closing(sqlite3.connect(copy)) as connection:
            yield Snapshot(copy, connection)
    except sqlite3.Error as problem:
        raise BackupProblem(f"the database {place} cannot be copied to {copy}: {problem}") from problem
    finally:
        for left in (copy, *(copy.with_name(copy.name + end) for end in ("-journal", "-wal", "-shm"))):
            left.unlink(missing_ok=True)


class Restored:
    """The place of the database in use, to be filled from a backup."""

    engine = "sqlite"

    def __init__(self) -> None:
        self._final = _database()
        self._fresh = self._final.with_name(f"{self._final.name}.restoring")

    def refuse_unless_empty(self) -> None:
        """Raises BackupProblem when there is a database already."""
        db.session.remove()
        db.engine.dispose()
        if not self._final.exists() or not self._final.stat().st_size:
            return
        with closing(sqlite3.connect(f"{self._final.as_uri()}?mode=ro", uri=True)) as found:
            if found.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise BackupProblem(
                    f"there is a database already at {self._final}; restore into an empty place, "
                    "or move that database away first"
                )

    def take(self, name: str, content: Content, _manifest: dict[str, Any]) -> None:
        """A member of the archive that belongs to the database."""
        private.folder(self._final.parent)
        self.clear()
        with open(self._fresh, "wb", opener=private.opener) as file:
            while chunk := content.read(1024 * 1024):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def opened(self, _manifest: dict[str, Any]) -> Iterator[None]:
        """Within: the restored database is the application's. At the end it is in its place; a failure undoes all."""
        engine = create_engine(f"sqlite:///{self._fresh}", **current_app.config["SQLALCHEMY_ENGINE_OPTIONS"])
        try:
            with standing_in(engine):
                yield
            engine.dispose()
            self._put_in_place()
        except BaseException:
            engine.dispose()
            self.clear()
            raise

    def fill(self, manifest: dict[str, Any]) -> None:
        """Raises BackupProblem when the tables do not have the rows that the manifest names."""
        rows = row_counts(lambda statement: db.session.connection().exec_driver_sql(statement).all())
        db.session.rollback()
        if rows != {name: table["rows"] for name, table in manifest["tables"].items()}:
            raise BackupProblem("the restored tables do not have as many rows as the manifest says")

    def upgrade(self) -> None:
        migrate("head")

    def _put_in_place(self) -> None:
        # All of it into the one file, so that nothing beside it has to be moved too.
        with closing(sqlite3.connect(self._fresh)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with self._fresh.open("rb") as file:
            os.fsync(file.fileno())
        for end in ("-wal", "-shm", "-journal"):  # of the empty database that is replaced
            self._final.with_name(self._final.name + end).unlink(missing_ok=True)
        self._fresh.replace(self._final)
        private.sync_folder(self._final.parent)

    def clear(self) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                self._fresh.with_name(self._fresh.name + end).unlink(missing_ok=True)


def row_counts(ask: Ask) -> dict[str, int]:
    names = ask(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return {
        name: ask(f'SELECT count(*) FROM "{name}"')[0][0]  # noqa: S608 (a name of the schema)
        for (name,) in names
        if name != REVISIONS and not name.startswith(INDEX)  # an index is made of what is counted
    }


def _database() -> Path:
    name = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).database
    if not name or name == ":memory:":
        raise BackupProblem("the database is in memory only, and cannot be backed up or restored")
    return Path(name).absolute()
