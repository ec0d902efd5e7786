"""With SQLite a request that only reads waits for no writer; whatever writes takes its turn before it has read."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from app.db import db
from tests.databases import engine

pytestmark = pytest.mark.skipif(engine() == "postgresql", reason="about what only SQLite does")


@pytest.fixture
def begun(app) -> list[str]:
    """How each transaction began."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_page_is_read_without_a_turn_at_writing(client, begun):
    client.get("/register")
    assert begun and set(begun) == {"BEGIN"}


def test_what_follows_in_the_same_thread_takes_its_turn_again(client, begun):
    client.get("/register")
    db.session.commit()
    begun.clear()
    db.session.execute(text("SELECT 1"))
    assert begun == ["BEGIN IMMEDIATE"]
