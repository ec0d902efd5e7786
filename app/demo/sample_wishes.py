"""Made-up wishes of one body for the time after support, where its project ends this fiscal year."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.db import db
from app.demo import people
from app.demo.call_content import MARK
from app.lifecycle.project import UNDER_SUPPORT
from app.projects.models import Project
from app.wishes import operations
from app.wishes.form import COUNCIL, INVITATION, MAGAZINE, OPEN, REAPPLYING, REMARKS, YES

OF = 1  # the number of the project; its lead has said something, the demo's own municipality nothing yet
SAID = {
    MAGAZINE: YES,
    COUNCIL: YES,
    INVITATION: YES,
    REAPPLYING: OPEN,
    REMARKS: f"{MARK}協議会は、来年度に規約を見直した上で続けたいと考えています。",
}


def load(*, at: datetime, day: date) -> int:
    """How many bodies have said something: none where the page of the project is not open by then."""
    query = select(Project).where(Project.number == OF, UNDER_SUPPORT.of(Project))
    project = db.session.scalars(query.order_by(Project.id)).first()
    if project is None or not operations.is_open(project, at):
        return 0
    body = project.lead
    wish = operations.open_wish(project, body, at=at)
    actor = people.somebody_at(body, at)
    operations.give(wish, SAID, version=0, arrived=at, actor=actor, at=at)
    return 1
