"""History cannot be rewritten: the database refuses, and the chain tells when somebody went around it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from hashlib import sha256

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import calendar
from app.db import db
from app.history import HistoryEntry, _hash, first_broken_entry, walk_the_chain
from app.permissions import SYSTEM
from config import ROOT
from tests import factories
from tests.proof.common import past_the_guards
from tests.reading import events


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


CHANGED = "changed after it was written"


@pytest.mark.parametrize(
    ("tampering", "broken", "why"),
    [
        ("UPDATE history SET actor_name = 'somebody else' WHERE id = 2", 2, CHANGED),
        ("UPDATE history SET hash = 'x' || substr(hash, 2) WHERE id = 3", 3, CHANGED),
        ("DELETE FROM history WHERE id = 2", 2, "missing"),
        ("DELETE FROM history WHERE id = 1", 1, "missing"),
    ],
)
def test_the_first_broken_entry_is_named(written, app, tampering, broken, why):
    past_the_guards(tampering)
    assert first_broken_entry() == (broken, why)
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert result.exit_code == 1
    assert f"history entry {broken} is broken: {why}" in result.output


OTHERWISE = {
    "at": "'2001-01-01 00:00:00'",
    "actor_person_id": "99",
    "actor_seat_id": "99",
    "actor_name": "'x'",
    "actor_role": "'x'",
    "origin": "'x'",
    "subject_kind": "'x'",
    "subject_id": "99",
    "event": "'x'",
    "audience": "'office'",
    "changes": """'{"number": 9}'""",
    "previous_hash": "hash",
    "hash": "'x' || substr(hash, 2)",
}


@pytest.mark.parametrize("column", OTHERWISE)
def test_nothing_that_an_entry_says_can_be_changed_without_being_noticed(written, column):
    past_the_guards(f"UPDATE history SET {column} = {OTHERWISE[column]} WHERE id = 3")
    assert first_broken_entry()[0] == 3


def test_whatever_an_entry_has_is_tried_above():
    assert {*OTHERWISE, "id"} == set(HistoryEntry.__table__.columns.keys())


def test_an_entry_changed_together_with_its_own_hash_is_betrayed_by_the_next_one(written):
    db.session.commit()
    row = dict(
        db.session.execute(select(HistoryEntry.__table__).where(HistoryEntry.id == 2)).mappings().one()
    )
    row["changes"] = {"number": 9}
    past_the_guards(
        "UPDATE history SET changes = :changes, hash = :hash WHERE id = 2",
        changes=json.dumps(row["changes"]),
        hash=_hash(row),
    )
    assert first_broken_entry() == (3, "does not follow the entry before it")


def test_an_entry_of_long_ago_has_the_hash_that_it_had_then():
    """What is hashed, and how it is written down, never changes: every chain there is would break."""
    entry = {
        "at": datetime(2023, 3, 31, 9, 0, tzinfo=calendar.JST), "event": "issue", "changes": {"number": "4未技第1号"},
        "hash": "left out",
    }  # fmt: skip
    written_down = (
        '{"at": "2023-03-31T00:00:00+00:00", "changes": {"number": "4未技第1号"}, "event": "issue"}'
    )
    assert _hash(entry) == sha256(written_down.encode()).hexdigest()


def test_each_way_in_which_an_entry_does_not_hold_is_told(written):
    past_the_guards("UPDATE history SET previous_hash = 'x', event = 'x' WHERE id = 2")
    told = [broken for _row, broken in walk_the_chain()]
    assert told == [[], [(2, "does not follow the entry before it"), (2, CHANGED)], []]


def test_a_rollback_writes_no_history(written, at):
    written.record("never", actor=SYSTEM, at=at)
    db.session.rollback()
    db.session.commit()
    assert db.session.query(HistoryEntry).count() == 3


def test_what_is_undone_to_a_savepoint_did_not_happen_and_what_was_before_it_did(written, at):
    written.record("before", actor=SYSTEM, at=at)
    undone = db.session.begin_nested()
    written.record("within", actor=SYSTEM, at=at)
    undone.rollback()
    with db.session.begin_nested():
        written.record("after", actor=SYSTEM, at=at)
    assert events(written)[:3] == ["after", "before", "noted"]
    assert first_broken_entry() is None


def test_a_savepoint_is_no_commit(written, at):
    """The chain is begun once, at the end: an entry's number is nobody else's while others wait for it."""
    with db.session.begin_nested():
        written.record("within", actor=SYSTEM, at=at)
    assert db.session.query(HistoryEntry).count() == 3
    db.session.commit()
    assert db.session.query(HistoryEntry).count() == 4


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
