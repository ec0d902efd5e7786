"""PostgreSQL: every table as COPY writes it, all in one transaction that sees one instant.

pg_dump is not on every machine that runs Banso, and must be as new as the server. What COPY writes is loaded into
tables that the migrations make, up to exactly the migration of the backup, in one transaction with everything else.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from flask import current_app
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from app.backup import BackupProblem
from app.backup.archive import Content, Writer
from app.backup.record import REVISIONS
from app.backup.standing_in import migrate, standing_in
from app.db import db
from app.guards import rights

_CHUNK = 1024 * 1024
# What COPY writes must be the same text on every server, or hashes could not be compared.
_PLAIN = (
    "SET LOCAL TimeZone TO 'UTC'",
    "SET LOCAL DateStyle TO 'ISO, YMD'",
    "SET LOCAL IntervalStyle TO 'postgres'",
    "SET LOCAL bytea_output TO 'hex'",
    "SET LOCAL extra_float_digits TO 1",
    "SET LOCAL client_encoding TO 'UTF8'",
)


class Snapshot:
    engine = "postgresql"

    def __init__(self, connection: Connection, beside: Path) -> None:
        self._connection, self._beside = connection, beside

    def ask(self, statement: str) -> list[Any]:
        return list(self._connection.exec_driver_sql(statement).all())

    def each(self, statement: str) -> Iterator[Any]:
        with self._connection.exec_driver_sql(statement, execution_options={"yield_per": 200}) as rows:
            yield from rows

    def write(self, archive: Writer) -> dict[str, Any]:
        """Put the tables into the archive; what the manifest says of them."""
        tables = {}
        for table, columns in _tables(self._connection).items():
            # The tar wants to know the size first; the spool has no name, and is gone with the process.
            with tempfile.TemporaryFile(dir=self._beside.parent) as spool:
                digest, rows = _copy_out(self._connection, table, columns, spool)
                size = spool.tell()
                spool.seek(0)
                archive.add_stream(_member(table), spool, size)
            tables[table] = {"rows": rows, "sha256": digest, "columns": columns}
        numbers = self.ask(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
        )
        return {"tables": tables, "sequences": {name: last for name, last in numbers if last is not None}}


@contextmanager
def snapshot(beside: Path) -> Iterator[Snapshot]:
    """The database in use as it is at one instant, as long as the block lasts. Raises BackupProblem."""
    try:
        with db.engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            for setting in _PLAIN:
                connection.exec_driver_sql(setting)
            yield Snapshot(connection, beside)
            connection.rollback()
    except (SQLAlchemyError, psycopg.Error) as problem:
        raise BackupProblem(f"the database cannot be read: {_first_line(problem)}") from problem


class Restored:
    """The database in use, to be filled from a backup in one transaction."""

    engine = "postgresql"

    def __init__(self) -> None:
        self._spools: dict[str, IO[bytes]] = {}
        self._connection: Connection | None = None

    def refuse_unless_empty(self) -> None:
        """Raises BackupProblem when there are tables already."""
        db.session.remove()
        with _told_as_problems(), _owner() as engine, engine.connect() as connection:
            found = inspect(connection).get_table_names()
        if found:
            raise BackupProblem(
                f"the database has tables already ({', '.join(sorted(found)[:3])} …); restore into one that createdb has "
                "just made, without “flask db upgrade”: the tables come with the backup"
            )

    def take(self, name: str, content: Content, _manifest: dict[str, Any]) -> None:
        """A member of the archive that belongs to the database."""
        spool = self._spools[name] = tempfile.TemporaryFile(dir=current_app.config["DATA_DIR"])  # noqa: SIM115 (closed by clear)
        while chunk := content.read(_CHUNK):
            spool.write(chunk)

    @contextmanager
    def opened(self, manifest: dict[str, Any]) -> Iterator[None]:
        """Within: the restored tables are the application's. At the end all is committed; a failure undoes all."""
        try:
            with _told_as_problems(), _owner() as engine, engine.connect() as connection, connection.begin():
                self._connection = connection
                migrate(manifest["revision"], connection)
                with standing_in(connection):
                    yield
        finally:
            self._connection = None
            self.clear()

    def fill(self, manifest: dict[str, Any]) -> None:
        """Load every table. Raises BackupProblem when one does not come to what the manifest says."""
        connection = self._connection
        assert connection is not None
        here, wanted = _tables(connection), manifest["tables"]
        if here.keys() != wanted.keys():
            raise BackupProblem("the backup does not have the tables of its migration")
        for setting in _PLAIN:
            connection.exec_driver_sql(setting)
        names = list(here)
        for table in names:  # they guard what people write, and would refuse that an issued letter begins
            _say(connection, "ALTER TABLE {} DISABLE TRIGGER USER", table)
        for table in reversed(names):  # what a migration has written is in the backup as it became
            _say(connection, "DELETE FROM {}", table)
        for table in names:
            spool = self._spools[_member(table)]
            spool.seek(0)
            _copy_in(connection, table, wanted[table]["columns"], spool)
        for table in names:
            _say(connection, "ALTER TABLE {} ENABLE TRIGGER USER", table)
        for table in names:
            sha256, rows = _copy_out(connection, table, wanted[table]["columns"])
            if (sha256, rows) != (wanted[table]["sha256"], wanted[table]["rows"]):
                raise BackupProblem(f"the restored table {table} is not what the backup holds")
        for name, last in manifest["sequences"].items():
            connection.exec_driver_sql(
                "SELECT setval(%(name)s::regclass, %(last)s)", {"name": f'"{name}"', "last": last}
            )

    def upgrade(self) -> None:
        assert self._connection is not None
        migrate("head", self._connection)
        if current_app.config["DATABASE_OWNER_URL"]:
            account = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
            try:
                rights.grant(self._connection, account or "")
            except rights.NotPossible as problem:
                raise BackupProblem(str(problem)) from problem

    def clear(self) -> None:
        for spool in self._spools.values():
            spool.close()
        self._spools.clear()


@contextmanager
def _owner() -> Iterator[Engine]:
    """Whoever is to own the tables: an account of its own, where BANSO_DATABASE_OWNER_URL names one."""
    url = current_app.config["DATABASE_OWNER_URL"]
    engine = create_engine(url) if url else db.engine
    try:
        yield engine
    finally:
        if url:
            engine.dispose()


def _tables(connection: Connection) -> dict[str, list[str]]:
    """Each table of the schema with its columns; what others refer to comes before them."""
    found = inspect(connection)
    order = [name for name, _keys in found.get_sorted_table_and_fkc_names() if name]
    return {
        table: [column["name"] for column in found.get_columns(table) if "computed" not in column]
        for table in order
        if table != REVISIONS
    }


def _copy_out(
    connection: Connection, table: str, columns: list[str], into: IO[bytes] | None = None
) -> tuple[str, int]:
    """The table's rows in the order of their key: the SHA-256 of what COPY writes, and how many."""
    key = inspect(connection).get_pk_constraint(table)["constrained_columns"]
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _listed(columns), sql.Identifier(table), _listed(key)
    )
    hashed = hashlib.sha256()
    with _driver(connection).cursor() as cursor:
        with cursor.copy(statement) as copy:
            for chunk in copy:
                hashed.update(chunk)
                if into:
                    into.write(chunk)
        return hashed.hexdigest(), cursor.rowcount


def _copy_in(connection: Connection, table: str, columns: list[str], content: IO[bytes]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _listed(columns))
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        while chunk := content.read(_CHUNK):
            copy.write(chunk)


def _say(connection: Connection, statement: str, table: str) -> None:
    _driver(connection).execute(sql.SQL(statement).format(sql.Identifier(table)))


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    found = connection.connection.driver_connection
    assert isinstance(found, psycopg.Connection)
    return found


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _member(table: str) -> str:
    return f"tables/{table}.copy"


@contextmanager
def _told_as_problems() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as problem:
        raise BackupProblem(f"the database refuses: {_first_line(problem)}") from problem


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
