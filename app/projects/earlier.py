"""What the applications ask of earlier projects: those of some bodies, as the rules about applying again compare them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.applications.models import Application
from app.applications.reapplication import EarlierProject
from app.db import db, shortened
from app.lifecycle.project import CANCELLED, UNDER_SUPPORT
from app.organisations.successors import merged_into
from app.projects.models import Project, ProjectApplicant
from app.questions.kinds.one_choice import LONGEST


def projects_of_bodies(ids: Sequence[int]) -> list[EarlierProject]:
    """The supported and ended ones that any of the bodies takes part in, the newest first."""
    former = [
        before for body in ids for before in merged_into(body)
    ]  # an ended project stays with the body it was of
    taken_part = select(ProjectApplicant.project_id).where(
        ProjectApplicant.organisation_id.in_([*ids, *former])
    )
    query = (
        select(Project)
        .where(Project.id.in_(taken_part), ~CANCELLED.of(Project))
        .options(
            joinedload(Project.call),
            selectinload(Project.applicants).joinedload(ProjectApplicant.organisation),
            joinedload(Project.application).selectinload(Application.submissions),
        )
        .order_by(Project.id.desc())
    )
    return [_as_earlier(project) for project in db.session.scalars(query).unique()]


def _as_earlier(project: Project) -> EarlierProject:
    came_of = project.application.last_submission if project.application else None
    year = calendar.era_fiscal_year(project.call.selection_fy)
    return EarlierProject(
        id=project.id,
        name=_name(project, year),
        title=project.title or "",
        summary=came_of.said.summary if came_of else "",
        technologies=tuple(project.technologies),
        is_active=project in UNDER_SUPPORT,
        bodies=tuple(applicant.organisation_id for applicant in project.applicants),
    )


def _name(project: Project, year: str) -> str:
    """Its title, told apart by its number: 雪道の見守り（令和4年度選定 No.46）."""
    ending = f"（{year}選定 No.{project.number}）"
    return shortened(project.shown_title, LONGEST - len(ending)) + ending
