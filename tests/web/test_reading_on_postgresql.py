"""With PostgreSQL a page that is only read sends no BEGIN; whatever is more than reading is in a transaction all the same."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select, text, update

from app.db import db, held, reading, writing
from app.installation import Setting
from app.organisations.models import Organisation
from tests import factories

pytestmark = pytest.mark.postgresql


@contextmanager
def a_page(app):
    """A request that only reads, with a connection of its own."""
    factories.organisation()
    db.session.commit()
    with app.test_request_context("/"), reading():
        yield
        db.session.rollback()


def _stands() -> TransactionStatus:
    return _driver().info.transaction_status


def _driver():
    return db.session.connection().connection.dbapi_connection


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Setting)) or 0


def test_a_page_is_read_without_a_transaction(app):
    with a_page(app):
        _count()
        assert _stands() == TransactionStatus.IDLE


def test_what_is_no_page_is_read_in_one(app):
    db.session.commit()
    with reading():
        _count()
        assert _stands() == TransactionStatus.INTRANS


def test_a_page_that_is_posted_is_in_one(app):
    db.session.commit()
    with app.test_request_context("/", method="POST"):
        _count()
        assert _stands() == TransactionStatus.INTRANS


@pytest.mark.parametrize(
    "more",
    [
        lambda: db.session.execute(update(Setting).values(value="later")),
        lambda: db.session.execute(text("SELECT 1")),
        lambda: db.session.scalars(select(Organisation).with_for_update()).all(),
        lambda: held(db.session.scalars(select(Organisation)).first()),
        lambda: db.session.begin_nested(),
        lambda: db.session.scalars(select(Organisation).execution_options(yield_per=10)).first(),
    ],
    ids=["a write", "words of SQL", "a lock", "a record held", "a savepoint", "rows bit by bit"],
)
def test_whatever_is_more_than_reading_is_in_one(app, more):
    with a_page(app):
        _count()
        more()
        assert _stands() == TransactionStatus.INTRANS


def test_a_record_that_a_page_changes_is_written_in_one(app):
    with a_page(app):
        body = db.session.scalars(select(Organisation)).first()
        body.name = "another"
        db.session.flush()
        assert _stands() == TransactionStatus.INTRANS


def test_what_a_page_has_written_and_not_committed_is_gone(app):
    Setting.put("told", "now")
    with a_page(app):
        _count()
        db.session.execute(update(Setting).values(value="later"))
    assert Setting.get("told") == "now"


def test_a_note_of_a_page_is_in_one(app):
    with a_page(app):
        _count()
        with writing():
            _count()
            assert _stands() == TransactionStatus.INTRANS
            db.session.rollback()
        _count()
        assert _stands() == TransactionStatus.IDLE


def test_a_connection_goes_back_as_it_came(app):
    with a_page(app):
        _count()
        used = _driver()
        assert used.autocommit
    assert not used.autocommit
    _count()
    assert _stands() == TransactionStatus.INTRANS
    db.session.rollback()


def test_who_asks_for_an_isolation_of_their_own_keeps_it(app):
    with a_page(app):
        alone = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with alone:
            alone.execute(text("VACUUM settings"))
            assert alone.connection.dbapi_connection.info.transaction_status == TransactionStatus.IDLE
    with a_page(app), db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as same:
        same.execute(select(1))
        assert same.connection.dbapi_connection.info.transaction_status == TransactionStatus.INTRANS
