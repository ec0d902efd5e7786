"""How a connection is opened, proved, begun and given back, on either engine.

What is only read (`READING`) takes no write lock on SQLite, and begins no transaction on PostgreSQL (ADR 37).
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from contextvars import ContextVar
from typing import Any

from flask import has_request_context
from sqlalchemy import CompoundSelect, Connection, Dialect, Engine, Select, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

import private

READING: ContextVar[bool] = ContextVar("reading", default=False)  # set by db.reading and db.writing


@event.listens_for(Engine, "do_connect")
def _make_the_file_ours_alone(
    dialect: Dialect, _record: ConnectionPoolEntry, arguments: list[Any], _named: dict[str, Any]
) -> None:
    if dialect.name == "sqlite":
        private.database_file(arguments)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # SQLAlchemy, not the driver, says BEGIN: see _begin.
    connection.isolation_level = None
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "busy_timeout=30000",
        "synchronous=FULL",
        "recursive_triggers=ON",  # REPLACE asks the triggers on DELETE too
    ):
        connection.execute(f"PRAGMA {pragma}")


_WITHOUT_BEGIN = "without_begin"  # in the record of a connection: a page that is only read has it
_PROVED = "proved_at"  # in the record of a connection: when the database last answered on it (time.monotonic)
PROVED_FOR = (
    5.0  # seconds for which that is believed: asking before every request takes as long as half a page
)


@event.listens_for(Pool, "checkin")
def _note_that_it_answered(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_PROVED] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _prove_that_it_answers(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """A connection that has lain idle may lead to a server that was started anew: another one is taken then."""
    if isinstance(connection, sqlite3.Connection):
        return
    if time.monotonic() - record.info.get(_PROVED, time.monotonic()) < PROVED_FOR:
        return
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as problem:
        raise DisconnectionError from problem


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A writer takes its turn at BEGIN: a deferred transaction that turns to writing late fails at once
        # when another wrote in between, whatever the busy timeout.
        connection.exec_driver_sql("BEGIN" if READING.get() else "BEGIN IMMEDIATE")
    elif READING.get() and has_request_context() and not _has_its_own_isolation(connection):
        # PostgreSQL lets each statement see what is committed by then, with a transaction around them or without. So
        # a page that is only read sends neither BEGIN nor ROLLBACK, which take it as long as a statement each: ADR 37.
        _driver_of(connection).autocommit = True
        connection.info[_WITHOUT_BEGIN] = True


@event.listens_for(Engine, "before_cursor_execute")
def _let_a_transaction_begin(
    connection: Connection, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """Whatever is no plain SELECT on a page that is only read: a note, a lock, a savepoint, rows that come bit by bit."""
    if connection.info.get(_WITHOUT_BEGIN) and not _only_selects(context):
        _driver_of(connection).autocommit = False  # the driver sends BEGIN before this statement
        connection.info[_WITHOUT_BEGIN] = False


def _only_selects(context: Any) -> bool:
    statement = context.compiled.statement if context.compiled else None
    return (
        isinstance(statement, Select | CompoundSelect)
        and statement._for_update_arg is None  # noqa: SLF001 (SQLAlchemy tells it nowhere else)
        and not context.execution_options.get("stream_results")
    )


@event.listens_for(Pool, "reset")
def _as_it_was(connection: Any, record: ConnectionPoolEntry, _state: Any) -> None:
    """Whoever takes the connection next begins as everybody does. An engine that commits by itself goes on doing so."""
    if record.info.pop(_WITHOUT_BEGIN, False) and connection is not None and not connection.closed:
        connection.autocommit = False


def _driver_of(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _has_its_own_isolation(connection: Connection) -> bool:
    """Asked for by whoever took it, or by an engine that commits by itself."""
    return "isolation_level" in connection.get_execution_options() or _driver_of(connection).autocommit
