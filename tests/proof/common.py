"""What somebody can do to the database who is stronger than its guards, and what the proof says of it."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.db import db
from app.guards import catalogue
from app.guards.rules import GENESIS
from app.history import HistoryEntry, _hash


def past_the_guards(*statements: str, **values: Any) -> None:
    """As the owner: the triggers away, the statements done, the triggers back as if nothing had been."""
    connection = db.session.connection()
    catalogue.drop_all(connection)
    for statement in statements:
        connection.execute(text(statement), values)
    catalogue.create_all(connection)
    db.session.commit()


def hash_anew(first: int) -> None:
    """The chain from `first` on as whoever knows this source, but no key, would mend it."""
    connection = db.session.connection()
    catalogue.drop_all(connection)
    table = HistoryEntry.__table__
    rows = [dict(row) for row in connection.execute(table.select().order_by(table.c.id)).mappings()]
    for place, row in enumerate(rows):
        if row["id"] >= first:
            row["previous_hash"] = rows[place - 1]["hash"] if place else GENESIS
            row["hash"] = _hash(row)
            connection.execute(
                table.update().where(table.c.id == row["id"]),
                {"previous_hash": row["previous_hash"], "hash": row["hash"]},
            )
    catalogue.create_all(connection)
    db.session.commit()


def verified(app: Flask, *options: str) -> tuple[int, dict[str, list[str]]]:
    """The exit status of `flask history verify --json`, and what does not hold by part."""
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["history", "verify", "--json", *options])
    assert result.exit_code in (0, 1), result.output
    said = json.loads(result.stdout)
    assert said["holds"] == (result.exit_code == 0)
    db.session.expire_all()
    return result.exit_code, {part["part"]: part["problems"] for part in said["parts"] if part["problems"]}
