"""Councils and their members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.calendar import JST
from app.councils.models import Council, Membership
from app.db import db
from app.projects.models import Project
from tests.factories.numbers import Numbers
from tests.factories.projects import project as a_project

_numbers = Numbers()


def council(project: Project | None = None, **values: Any) -> Council:
    """A council that is being formed, of a new project unless one is given."""
    project = project or a_project()
    made = Council(project=project, **{"name": f"{project.lead.name}地域実装協議会", **values})
    db.session.add(made)
    db.session.flush()
    return made


def membership(council: Council, **values: Any) -> Membership:
    """Somebody asked on 10 February 2023 to answer by the 24th; without a link."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "organisation_name": f"見本大学{number}",
        "post": "教授",
        "person_name": "",
        "role": "構成員",
        "mailbox": f"member{number}@example.jp",
        "asked_at": datetime(2023, 2, 10, 9, 0, tzinfo=JST),
        "asked_by": "見本市 企画課",
        "reply_by": date(2023, 2, 24),
    }
    made = Membership(council=council, **{**defaults, **values})
    db.session.add(made)
    db.session.flush()
    return made
