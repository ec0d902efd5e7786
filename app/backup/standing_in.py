"""For the length of a restore the application works on a database that is not in its place yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from alembic import command
from flask import current_app
from sqlalchemy import Connection, Engine

from app.db import db


@contextmanager
def standing_in(bind: Engine | Connection) -> Iterator[None]:
    """Within: every operation of the application reads and writes through `bind`.

    A connection keeps its own transaction: what is committed within is only committed with it.
    """
    engines = cast(dict[Any, Any], db.engines)
    db.session.remove()
    usual, engines[None] = engines[None], bind
    try:
        yield
    finally:
        db.session.remove()
        engines[None] = usual


def migrate(revision: str, connection: Connection | None = None) -> None:
    """Bring the database to `revision`: within the transaction of `connection`, where one is given."""
    config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
