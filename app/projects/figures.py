"""How many projects there are in each year of support, and how many of them end with this fiscal year."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func

from app import calendar
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.models import Call
from app.projects.models import Project, ProjectApplicant
from app.web.counting import counted

SUPPORTED, ENDING, ENDING_BODIES = "projects supported", "projects ending", "bodies of projects ending"


def counts(today: date) -> list[Select]:
    """Projects under support by fiscal year of selection; of these the ones in their last year, and their bodies."""
    projects = counted(SUPPORTED, func.count(Project.id), Call.selection_fy).join(Project.call)
    projects = projects.where(UNDER_SUPPORT.of(Project)).group_by(Call.selection_fy)
    ends_now: Any = Project.last_fy == calendar.fiscal_year(today)
    in_last_year = and_(ends_now, Project.end_is_known())
    ending = counted(ENDING, func.count(Project.id), Call.selection_fy).join(Project.call)
    ending = ending.where(UNDER_SUPPORT.of(Project), in_last_year).group_by(Call.selection_fy)
    bodies = counted(ENDING_BODIES, func.count(ProjectApplicant.organisation_id.distinct()))
    bodies = bodies.join(ProjectApplicant.project).join(Project.call)
    return [projects, ending, bodies.where(UNDER_SUPPORT.of(Project), in_last_year)]
