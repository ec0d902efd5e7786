"""How many projects have a council that has not met."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, func

from app.councils.reminders import not_met
from app.projects.models import Project
from app.web.counting import Figures, counted

NOT_MET = "councils not met"


def counts(at: datetime) -> list[Select]:
    return [counted(NOT_MET, func.count()).select_from(not_met(at).with_only_columns(Project.id).subquery())]


def remark(found: Figures) -> str:
    """Beside the projects under support."""
    count = found[NOT_MET][0]
    return _("councils that have not met: %(count)s", count=count) if count else ""
