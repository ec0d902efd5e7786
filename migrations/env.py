"""Alembic's environment: the application's own engine and models, online only."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

from app.db import UtcDateTime

database = current_app.extensions["migrate"].db


def render_item(kind, item, _autogen_context):
    """Migrations stand alone: they name no type of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    with database.engine.connect() as connection, _foreign_keys_off(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render_item,
            # Both engines can undo DDL; ours says BEGIN itself on SQLite (app/db.py).
            transactional_ddl=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _foreign_keys_off(connection):
    """On SQLite: a table that is made anew is dropped under the keys that point at it, which must not take its rows.

    Whether every key still finds its row is asked at the end, before anybody relies on it. The switch works between
    transactions only, so it is set on the driver's connection.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        lost = driver.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise RuntimeError(f"the migration has lost the rows that these refer to: {lost[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


run()
