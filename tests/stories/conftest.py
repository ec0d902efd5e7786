"""A story says by `@pytest.mark.tells("application.submit", …)` which moves it tells, and must have told them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db import db
from app.history import HistoryEntry
from app.lifecycle import LIFECYCLES
from app.proof.verification import verify
from tests.stories.demo import demo_on

__all__ = ["demo_on", "told"]


def in_the_history(move: str) -> str:
    """application.edit → application.section_saved; council.ask → membership.asked, the record that comes of it."""
    kind, name = move.split(".")
    event = LIFECYCLES[kind].moves[name].event
    return event if "." in event else f"{kind}.{event}"


@pytest.fixture(autouse=True)
def told(request, app):
    yield
    db.session.commit()
    happened = {
        f"{kind}.{event}"
        for kind, event in db.session.execute(select(HistoryEntry.subject_kind, HistoryEntry.event))
    }
    for mark in request.node.iter_markers("tells"):
        missing = {move for move in mark.args if in_the_history(move) not in happened}
        assert not missing, f"the story does not tell {missing}"
    # Factories make announced calls out of nothing, and the history does not tell of them.
    assert [told for part in verify() if part.name != "outcomes" for told in part.problems] == []
