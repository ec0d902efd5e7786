"""Made-up requests to change a project, marked so: one that is written, one that waits, one refused, one withdrawn. They change nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.changing import operations
from app.db import db
from app.demo import people
from app.demo.call_content import MARK
from app.lifecycle.project import UNDER_SUPPORT
from app.permissions import DIRECTOR
from app.projects.models import Project

PROJECT = 26  # its number; its council and its log are samples too
REASON = f"{MARK}交通事業者の体制の変更のため。"
WAS, BECOMES = f"{MARK}市街地の循環線で運行する。", f"{MARK}予約に応じて運行する便を加える。"


def load(*, at: datetime) -> int:
    """How many there are."""
    query = select(Project).where(Project.number == PROJECT, UNDER_SUPPORT.of(Project))
    project, director = db.session.scalar(query), people.holder_of(DIRECTOR)
    if project is None or director is None:
        return 0
    approver = people.somebody_at(project.lead, at)
    waiting, refused, withdrawn, _written = (
        operations.start(
            project, {"content": [WAS, f"{BECOMES}（{n}）"]}, reason=REASON, actor=approver, at=at
        )
        for n in ("案1", "案2", "案3", "案4")
    )
    for it in (waiting, refused):
        operations.submit(it, actor=approver, at=at)
    operations.refuse(refused, reason=f"{MARK}選定した内容と異なるため。", actor=director, at=at)
    operations.withdraw(withdrawn, reason=REASON, actor=approver, at=at)
    return 4
