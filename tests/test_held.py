"""A record that is held: as it is in the database now, and nobody else's to change until the commit."""

from __future__ import annotations

import ast

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.db import db, held
from app.programmes.models import Call
from app.programmes.voice import first_by_the_settings
from app.questions.models import Response, ResponseAnswer
from config import ROOT
from tests import factories
from tests.sources import nodes_of

MANY_OR_CLAIMED = {  # file → why it locks rows by a query of its own
    "app/db.py": "`held` itself",
    "app/applications/checking.py": "every correction that is overdue",
    "app/applications/lists.py": "all that were ticked on a list",
    "app/correspondence/approval.py": "several letters, always in the same order",
    "app/correspondence/copies.py": "every mail not copied yet",
    "app/correspondence/delivery.py": "the next mail that no other worker has",
    "app/correspondence/issuing.py": "a letter that no other worker has",
    "app/organisations/operations.py": "by address, and with one question whether or not there is anybody",
    "app/organisations/sessions.py": "shared, so that two people sign in at one device at once",
    "app/projects/operations.py": "the project with the highest number, whichever that is",
    "app/selection/operations.py": "all applications to a call",
}


def test_what_another_has_written_is_seen(app, at):
    application = factories.application("draft")
    answer = db.session.scalars(select(ResponseAnswer)).first()
    key, former = answer.question, answer.value
    assert application.title != "Another" and application.answered.values[key] == former
    del answer
    # Past the session, as the transaction of somebody else does it.
    past = {"synchronize_session": False}
    db.session.execute(update(Application).values(title="Another"), execution_options=past)
    db.session.execute(
        update(ResponseAnswer).where(ResponseAnswer.question == key).values(value="Another"),
        execution_options=past,
    )
    assert application.title != "Another" and application.answered.values[key] == former
    assert held(application) is application and application.title == "Another"
    assert held(application.answered).values[key] == "Another"


def test_what_is_not_written_yet_is_written_and_not_lost(app):
    application = factories.application("draft")
    with db.session.no_autoflush:
        application.title = "Mine"
        assert held(application).title == "Mine"


def test_a_record_that_was_only_just_made_can_be_held(app):
    made = first_by_the_settings()
    db.session.add(made)
    assert held(made).id


@pytest.mark.postgresql
def test_its_row_alone_is_locked_whatever_it_was_loaded_together_with(app):
    query = select(Application).options(joinedload(Application.call), joinedload(Application.response))
    factories.application("draft")
    db.session.commit()
    application = held(db.session.scalars(query).one())
    with db.engine.connect() as other:
        for model, record in ((Call, application.call), (Response, application.response)):
            other.execute(_now(model, record.id))
        with pytest.raises(DBAPIError, match="could not obtain lock"):
            other.execute(_now(Application, application.id))
    db.session.commit()
    with db.engine.connect() as other:
        other.execute(_now(Application, application.id))


def _now(model, key: int):
    return select(model.id).where(model.id == key).with_for_update(nowait=True)


def test_rows_are_locked_one_at_a_time_by_held_alone():
    locking = set()
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in nodes_of(path.read_text()):
            named = node.arg if isinstance(node, ast.keyword) else getattr(node, "attr", None)
            if named == "with_for_update":
                locking.add(str(path.relative_to(ROOT)))
    assert locking == set(MANY_OR_CLAIMED)
