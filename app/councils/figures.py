"""How many projects have a council that has not met."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func

from app.councils.reminders import not_met
from app.projects.models import Project
from app.web.counting import counted

NOT_MET = "councils not met"


def counts(at: datetime) -> list[Select]:
    return [counted(NOT_MET, func.count()).select_from(not_met(at).with_only_columns(Project.id).subquery())]
