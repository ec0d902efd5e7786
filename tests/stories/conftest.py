"""A story says by `@pytest.mark.tells("application.submit", …)` which moves it tells, and must have told them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db import HistoryEntry, db, first_broken_entry
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
    assert first_broken_entry() is None
