"""The guards of a database: made, taken away, and compared with what must be there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from app.guards import postgresql, searches, sqlite
from app.guards.rules import GUARDS


def create_all(connection: Connection) -> None:
    """Make every guard: by the owner of the tables, in the caller's transaction."""
    if connection.dialect.name == "sqlite":
        for statement in sqlite.triggers().values():
            connection.execute(text(statement))
        return
    schema = _schema(connection)
    for name, body in postgresql.functions().items():
        connection.execute(text(postgresql.statement(name, body, schema)))
    for trigger in postgresql.triggers().values():
        connection.execute(text(trigger.statement))


def drop_all(connection: Connection) -> None:
    """Take every guard away, so that a backup can be loaded; `create_all` afterwards, in the same transaction."""
    if connection.dialect.name == "sqlite":
        for name in sqlite.triggers():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name, trigger in postgresql.triggers().items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {trigger.table}")
    for name in postgresql.functions():
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")


def problems(connection: Connection) -> list[str]:
    """What differs from the guards that must be there, in sentences; empty: all hold."""
    return (_problems_sqlite if connection.dialect.name == "sqlite" else _problems_postgresql)(connection)


def _problems_sqlite(connection: Connection) -> list[str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    found: dict[str, str] = {row.name: row.sql for row in rows}
    return _compared(sqlite.triggers() | searches.triggers(), found, "trigger")


_FUNCTIONS = text(
    "SELECT p.proname AS name, p.prosrc AS body, p.prosecdef AS definer, l.lanname AS language, "
    "array_to_string(p.proconfig, ';') AS settings FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang "
    "WHERE p.pronamespace = to_regnamespace(:schema) AND p.proname = ANY(:names)"
)
_TRIGGERS = text(
    "SELECT t.tgname AS name, c.relname AS table_name, p.proname AS function, t.tgtype AS fires, "
    "t.tgenabled AS enabled, t.tgqual IS NOT NULL OR t.tgattr::text <> '' OR t.tgnargs > 0 AS narrowed "
    "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace(:schema)"
)
_RULES = text(
    "SELECT r.rulename AS name, c.relname AS table_name FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class "
    "WHERE c.relnamespace = to_regnamespace(:schema) AND c.relname = ANY(:tables)"
)


def _problems_postgresql(connection: Connection) -> list[str]:
    schema = _schema(connection)
    wanted = postgresql.functions()
    settings = f"search_path={schema}, pg_temp"
    asked = connection.execute(_FUNCTIONS, {"schema": schema, "names": list(wanted)})
    bodies = {
        row.name: row.body
        if (row.language, row.definer, row.settings) == ("plpgsql", False, settings)
        else None
        for row in asked
    }
    problems = _compared(wanted, bodies, "function")
    expected: dict[str, Any] = {
        it.name: (it.table, it.function, it.fires, False) for it in postgresql.triggers().values()
    }
    rows = connection.execute(_TRIGGERS, {"schema": schema}).all()
    found = {row.name: (row.table_name, row.function, row.fires, row.narrowed) for row in rows}
    problems += _compared(expected, found, "trigger")
    problems += [
        f"the trigger {row.name} is switched off" for row in rows if row.enabled not in ("O", "A", b"O", b"A")
    ]
    rules = connection.execute(_RULES, {"schema": schema, "tables": [guard.table for guard in GUARDS]})
    problems += [f"the rule {row.name} on {row.table_name} is not one of Banso's" for row in rules]
    if connection.scalar(text("SHOW session_replication_role")) != "origin":
        problems.append("session_replication_role is not origin: no trigger fires")
    return problems


def _compared(wanted: dict[str, Any], found: dict[str, Any], what: str) -> list[str]:
    """A trigger is compared with what fires it; one that nobody asked for may undo what the others keep."""
    problems = [f"the {what} {name} is missing" for name in wanted.keys() - found.keys()]
    problems += [
        f"the {what} {name} is not as it must be"
        for name in wanted.keys() & found.keys()
        if wanted[name] != found[name]
    ]
    problems += [f"the {what} {name} is not one of Banso's" for name in found.keys() - wanted.keys()]
    return sorted(problems)


def _schema(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT quote_ident(current_schema())")))
