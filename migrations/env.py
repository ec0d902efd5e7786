"""Alembic's environment: the application's own engine and models, online only."""

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
    with database.engine.connect() as connection:
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


run()
