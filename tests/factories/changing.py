"""Requests to change projects, in any state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.changing import operations
from app.changing.models import ChangeRequest
from app.db import db
from app.organisations.models import Organisation
from app.permissions import APPROVER, DIRECTOR, EDITOR
from app.projects.models import Project
from tests.factories.applications import holder
from tests.factories.projects import project as new_project


def change_request(
    body: Organisation | None = None,
    *,
    state: str = "drafted",
    project: Project | None = None,
    asked: dict[str, list[Any]] | None = None,
    words: str = "路線を見直したため",
    at: datetime | None = None,
) -> ChangeRequest:
    """It asks for another title and says what of the plan changes, unless `asked` says what."""
    at, project = at or calendar.now(), project or new_project([body] if body else ())
    asked = asked or {
        "title": [project.title or "", "中山間地の移動を支える自動運転"],
        "content": ["市街地の循環線で運行", "中山間地の予約便を加えて運行"],
    }
    approver = holder(APPROVER, project.lead)
    made = operations.start(project, asked, reason=words, actor=holder(EDITOR, project.lead), at=at)
    if state == "withdrawn":
        operations.withdraw(made, reason=words, actor=approver, at=at)
    if state in ("submitted", "approved", "refused"):
        operations.submit(made, actor=approver, at=at)
    if state == "approved":
        operations.approve(made, remark=words, actor=holder(DIRECTOR), at=at)
    if state == "refused":
        operations.refuse(made, reason=words, actor=holder(DIRECTOR), at=at)
    db.session.flush()
    return made
