"""A story says by `@pytest.mark.tells("application.submit", …)` which moves it tells, and must have told them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db import HistoryEntry, db
from app.proof.verification import verify
from tests.stories.demo import demo_on

__all__ = ["demo_on", "told"]


@pytest.fixture(autouse=True)
def told(request, app):
    yield
    db.session.commit()
    happened = {
        f"{kind}.{event}"
        for kind, event in db.session.execute(select(HistoryEntry.subject_kind, HistoryEntry.event))
    }
    for mark in request.node.iter_markers("tells"):
        missing = set(mark.args) - happened
        assert not missing, f"the story does not tell {missing}"
    # Factories make announced calls out of nothing, and the history does not tell of them.
    assert [told for part in verify() if part.name != "outcomes" for told in part.problems] == []
