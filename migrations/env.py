"""Alembic's environment: the application's own engine and models, online only."""

from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import create_engine

from app.db import UtcDateTime
from app.guards.searches import of_models

database = current_app.extensions["migrate"].db


def render_item(kind, item, _autogen_context):
    """Migrations stand alone: they name no type of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    with _connection() as connection, _tables_may_be_replaced(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render_item,
            include_object=of_models,
            # Both engines can undo DDL; ours says BEGIN itself on SQLite (app/db.py).
            transactional_ddl=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration left references to rows that are not there: {broken}")


@contextmanager
def _connection():
    """The caller's, where one is given: then it is the caller's transaction too (app/backup/)."""
    given = context.config.attributes.get("connection")
    if given is not None:
        yield given
        return
    url = current_app.config["DATABASE_OWNER_URL"]  # where the account of the application owns no tables
    engine = create_engine(url) if url else database.engine
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        if url:
            engine.dispose()


@contextmanager
def _tables_may_be_replaced(connection):
    """SQLite changes a constraint by making the table anew, and will not drop one that others refer to.

    Foreign keys can be switched off between transactions alone, so beneath SQLAlchemy, which says BEGIN at once.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys=ON")


run()
