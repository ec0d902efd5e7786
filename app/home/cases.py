"""My cases: the few records a person is most likely looking for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.db import db
from app.projects.models import Project, ProjectApplicant
from app.web.records import within_reach

SHOWN = 8


@dataclass(frozen=True)
class Case:
    record: Any  # its state is shown in the reader's words
    number: str  # as it is said; empty until there is one
    title: str
    note: str  # whose it is
    url: str


def cases_of(actor: Any) -> list[Case]:
    """The newest applications and projects within this person's reach."""
    found: list[Case] = []
    if actor.may("application.list"):
        query = within_reach(Application, actor).options(joinedload(Application.organisation))
        for application in db.session.scalars(query.order_by(Application.id.desc()).limit(SHOWN)):
            url = url_for("applications.show", application_id=application.id)
            name = application.organisation.full_name
            found.append(Case(application, application.number or "", application.title or "–", name, url))
    if actor.may("project.list"):
        query = within_reach(Project, actor).options(
            joinedload(Project.call),
            joinedload(Project.applicants).joinedload(ProjectApplicant.organisation),
        )
        for project in db.session.scalars(query.order_by(Project.number.desc()).limit(SHOWN)).unique():
            url = url_for("projects.show", project_id=project.id)
            names = "、".join(body.full_name for body in project.bodies)
            note = names if project.title else f"{names} {_('(no title in the sources)')}"
            number = _("No. %(number)s", number=project.number)
            found.append(Case(project, number, project.shown_title, note, url))
    return found
