"""The blueprint of all pages of the accompaniment, and what they load of a project."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy.orm import joinedload, selectinload

from app.accompaniment.labels import entry_kind, obstacle_kind, side
from app.projects.models import Project, ProjectApplicant

accompaniment = Blueprint("accompaniment", __name__)
accompaniment.add_app_template_filter(entry_kind)
accompaniment.add_app_template_filter(obstacle_kind)
accompaniment.add_app_template_filter(side, "side_of_project")

OF_PROJECT = (
    joinedload(Project.call),
    selectinload(Project.applicants).joinedload(ProjectApplicant.organisation),
)


def with_project(relation: Any) -> Any:
    """What is loaded with a record of a project, so that its page can name that."""
    return joinedload(relation).options(*OF_PROJECT)
