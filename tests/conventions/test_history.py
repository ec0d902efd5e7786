"""History cannot be rewritten: the database refuses, and the chain tells when somebody went around it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.permissions import SYSTEM
from config import ROOT
from tests import factories
from tests.proof.common import past_the_guards


@pytest.fixture
def written(app, at):
    body = factories.organisation()
    for number in range(3):
        body.record("noted", actor=SYSTEM, at=at, changes={"number": number})
    db.session.commit()
    return body


def test_each_entry_carries_the_hash_of_the_one_before_it(written):
    entries = list(db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)))
    assert [entry.id for entry in entries] == [1, 2, 3]
    assert entries[0].previous_hash == "0" * 64
    assert entries[1].previous_hash == entries[0].hash and entries[2].previous_hash == entries[1].hash
    assert first_broken_entry() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET actor_name = 'x' WHERE id = 2",
        "DELETE FROM history WHERE id = 3",
        "DELETE FROM history",
    ],
)
def test_the_database_refuses_to_change_history(written, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert first_broken_entry() is None


def test_postgresql_refuses_to_truncate_history(written):
    if db.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text("TRUNCATE history"))
    else:  # SQLite has no TRUNCATE: DELETE without WHERE is tested above
        with pytest.raises(DBAPIError, match="syntax error"):
            db.session.execute(text("TRUNCATE history"))


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE history SET actor_name = 'somebody else' WHERE id = 2", 2),
        ("UPDATE history SET hash = 'f' || hash, previous_hash = previous_hash WHERE 1 = 0", None),
        ("DELETE FROM history WHERE id = 2", 2),
        ("DELETE FROM history WHERE id = 1", 1),
    ],
)
def test_the_first_broken_entry_is_named(written, app, tampering, broken):
    past_the_guards(tampering)
    found = first_broken_entry()
    assert (found[0] if found else None) == broken
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert result.exit_code == (1 if broken else 0)
    if broken:
        assert f"history entry {broken} is broken" in result.output


def test_a_rollback_writes_no_history(written, at):
    written.record("never", actor=SYSTEM, at=at)
    db.session.rollback()
    db.session.commit()
    assert db.session.query(HistoryEntry).count() == 3


def test_a_program_that_knows_no_chain_may_not_commit_what_was_recorded():
    program = """
from datetime import UTC, datetime
from types import SimpleNamespace
from flask import Flask
from app.db import db, record
app = Flask("alone")
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db.init_app(app)
with app.app_context():
    record(SimpleNamespace(kind="call", id=1), "made", actor=None, at=datetime.now(UTC))
    db.session.commit()
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "app.history was not imported" in ran.stderr.splitlines()[-1]
