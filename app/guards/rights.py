"""What the account of the application may do in PostgreSQL, where another owns the tables.

Triggers hold back everybody but the owner, who can drop them. So the application works as an account that owns nothing,
and has on each table only what the application does there.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.guards.rules import GUARDS

DELETED_FROM = (  # by the application; a convention test reads its source for others
    "criteria", "evaluation_rows", "joint_applicants", "kept_entries", "known_devices", "project_applicants", "room_ministries", "security_events",
    "sessions", "sign_in_attempts", "waiting_kpis", "waiting_workbooks",
)  # fmt: skip
READ_ONLY = ("alembic_version",)


class NotPossible(Exception):
    """The rights cannot be given; the sentence says why."""


def rights_on(table: str) -> tuple[str, ...]:
    """What the application needs on a table, in the words of GRANT."""
    if table in READ_ONLY:
        return ("SELECT",)
    if any(guard.table == table and guard.append_only for guard in GUARDS):
        return ("SELECT", "INSERT")
    return ("SELECT", "INSERT", "UPDATE", *(("DELETE",) if table in DELETED_FROM else ()))


def grant(connection: Connection, role: str) -> int:
    """Give `role` exactly these rights on every table there is; on how many. By the owner, after each migration.

    Raises NotPossible on SQLite, for a role that does not exist, and for the owner itself.
    """
    if connection.dialect.name != "postgresql":
        raise NotPossible("SQLite knows no accounts: keep the file from everybody but the server")
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise NotPossible(f"there is no role {role}; make it first: CREATE ROLE {role} LOGIN PASSWORD '…'")
    if connection.scalar(text("SELECT current_user")) == role:
        raise NotPossible(f"{role} runs this itself; the owner gives rights to another account")
    quoted = connection.scalar(text("SELECT quote_ident(:role)"), {"role": role})
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    for statement in (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {quoted}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {quoted}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {quoted}",
        f"GRANT USAGE ON SCHEMA {schema} TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {quoted}",
    ):
        connection.exec_driver_sql(statement)
    tables = connection.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    ).all()
    for table in tables:
        connection.exec_driver_sql(f'GRANT {", ".join(rights_on(table))} ON {schema}."{table}" TO {quoted}')
    return len(tables)


_OWN = text(
    "SELECT r.rolsuper AS super, EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = to_regnamespace(current_schema()) "
    "AND c.relkind = 'r' AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owner, "
    "EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind = 'r' "
    "AND has_table_privilege(r.oid, c.oid, 'TRUNCATE, TRIGGER')) AS too_much "
    "FROM pg_roles r WHERE r.rolname = current_user"
)


def warning(connection: Connection) -> str:
    """Why the account of this connection could undo the guards; empty where it could not, or no account is known."""
    if connection.dialect.name != "postgresql":
        return ""
    own = connection.execute(_OWN).one()
    for holds, what in (
        (own.super, "is a superuser"),
        (own.owner, "owns tables, and can drop their triggers"),
        (own.too_much, "may empty tables or put triggers on them"),
    ):
        if holds:
            return f"the account of the application {what}: let another own them (docs/operations.md, two accounts)"
    return ""
