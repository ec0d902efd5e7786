"""What is kept in memory is told anew as soon as what it was made of has been written, by whichever process."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from flask import g
from sqlalchemy import text, update

from app import memory
from app.db import db, reading
from app.installation import Setting
from app.organisations.models import Organisation
from app.programmes.models import Programme
from tests import factories


@contextmanager
def a_page(app):
    """A request that only reads, and the end of its transaction. The test's context is its own too: see conftest.py."""
    g.pop("data_versions", None)
    with app.test_request_context("/"), reading():
        yield
        db.session.rollback()


@pytest.fixture
def asked(app):
    """What a page that is read is told of `of`, and how often that was asked of the database so far."""
    count = 0

    def ask():
        nonlocal count
        count += 1
        return count

    def page(*of: str) -> int:
        db.session.commit()
        with a_page(app):
            return memory.remembered("test", ask, *of)

    return page


def test_it_is_asked_once_while_nothing_is_written(asked):
    assert [asked(memory.HOUSE) for _ in range(3)] == [1, 1, 1]


def test_a_write_of_the_part_has_it_asked_again(asked):
    asked(memory.HOUSE)
    Setting.put("told", "now")
    assert asked(memory.HOUSE) == 2
    db.session.execute(update(Setting).values(value="later"))
    assert asked(memory.HOUSE) == 3


def test_a_write_of_another_part_does_not(asked):
    body = factories.organisation()
    asked(memory.HOUSE)
    factories.mail(organisation=body)
    assert asked(memory.HOUSE) == 1
    assert asked(memory.HOUSE, memory.CASES) == 2
    factories.mail(organisation=body)
    assert asked(memory.HOUSE, memory.CASES) == 3


def test_another_process_that_writes_is_noticed(asked, app):
    asked(memory.HOUSE)
    with db.engine.begin() as elsewhere:
        elsewhere.execute(text("UPDATE data_version SET house = house + 1"))
    assert asked(memory.HOUSE) == 2


def test_what_was_rolled_back_was_not_written(asked):
    asked(memory.HOUSE)
    Setting.put("told", "never")
    db.session.flush()
    db.session.rollback()
    Setting.query.all()
    assert asked(memory.HOUSE) == 1


def test_the_version_is_raised_with_what_was_written_and_not_before(app):
    before = _house()
    db.session.commit()
    Setting.put("told", "now")
    db.session.flush()
    assert _house() == before  # whoever reads now reads the old, under the old version
    db.session.rollback()
    Setting.put("told", "now")
    db.session.commit()
    assert _house() == before + 1


def test_whoever_writes_reads_the_database_and_leaves_nothing_behind(asked, app):
    with app.test_request_context("/", method="POST"):
        assert memory.remembered("test", lambda: "uncommitted", memory.HOUSE) == "uncommitted"
        db.session.rollback()
    assert asked(memory.HOUSE) == 1


def test_what_is_kept_names_every_part_that_it_asks(app):
    with a_page(app), pytest.raises(AssertionError, match="asks the table organ"):
        memory.remembered("test", lambda: db.session.query(Organisation).all(), memory.CASES)


def test_records_are_shared_by_pages_and_belong_to_no_session(app):
    factories.programme(contact_hours="9-17")
    db.session.commit()
    seen = []
    for _ in range(2):
        with a_page(app):
            [found] = memory.remembered_records("programmes of a test", db.select(Programme), memory.HOUSE)
            assert found not in db.session and found.contact_hours == "9-17"
            seen.append(found)
    assert seen[0] is seen[1]
    [for_a_writer] = memory.remembered_records("programmes of a test", db.select(Programme), memory.HOUSE)
    assert for_a_writer in db.session and for_a_writer is not seen[0]


def test_whoever_changes_a_shared_record_is_found_out(app):
    factories.programme()
    db.session.commit()
    with a_page(app):
        [found] = memory.remembered_records("programmes of a test", db.select(Programme), memory.HOUSE)
        found.contact_hours = "never"
    with a_page(app), pytest.raises(AssertionError, match="was changed"):
        memory.remembered_records("programmes of a test", db.select(Programme), memory.HOUSE)


def test_a_copy_of_a_shared_record_may_be_noted_on(app):
    factories.programme(contact_hours="9-17")
    db.session.commit()
    with a_page(app):
        [found] = memory.remembered_records("programmes of a test", db.select(Programme), memory.HOUSE)
        copy = memory.copy_of(found)
        copy.contact_hours = "never"
        assert found.contact_hours == "9-17" and copy.id == found.id


def test_the_one_asked_for_longest_ago_goes_first(app, monkeypatch):
    monkeypatch.setattr(memory, "MOST", 2)
    memory.forget(app)
    with a_page(app):
        for key in ("a", "b", "a", "c"):
            memory.remembered(key, key.upper, memory.HOUSE)
        assert memory.remembered("a", lambda: "asked again", memory.HOUSE) == "A"
        assert memory.remembered("b", lambda: "asked again", memory.HOUSE) == "asked again"


def test_every_table_that_is_named_is_there():
    named = memory._OF_THE_HOUSE | memory._OF_NEITHER
    assert named <= set(db.metadata.tables)


def _house() -> int:
    with reading(), db.engine.connect() as elsewhere:
        return elsewhere.execute(text("SELECT house FROM data_version")).scalar_one()
