"""The projects a person is most likely looking for, and what the history speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from app.actors import Actor
from app.memory import CASES, HOUSE, remembered_records
from app.organisations.models import Organisation
from app.programmes.voice import told_apart
from app.projects.models import Project, ProjectApplicant
from app.web.cases import SHOWN, Case
from app.web.changes import Spoken, spoken_of
from app.web.records import shared_by, within_reach


def cases(actor: Actor) -> Iterator[Case]:
    """The newest within this person's reach."""
    if not actor.may("project.list"):
        return

    def newest() -> Select[Project]:
        query: Select[Project] = within_reach(Project, actor).options(
            joinedload(Project.call),
            joinedload(Project.applicants).joinedload(ProjectApplicant.organisation),
        )
        return query.order_by(Project.number.desc(), Project.id.desc()).limit(SHOWN)

    for project in remembered_records(("newest projects", shared_by(actor)), newest, HOUSE, CASES):
        url = url_for("projects.show", project_id=project.id)
        names = "、".join(body.full_name for body in project.bodies)
        note = names if project.title else f"{names} {_('(no title in the sources)')}"
        number = told_apart(project.programme_id) + _("No. %(number)s", number=project.number)
        yield Case(project, number, project.shown_title, note, url)


def changes(actor: Actor) -> Iterator[Spoken]:
    """Projects, by their lead."""
    if actor.may("project.list"):
        yield spoken_of(with_lead(actor), Project, Project, name=Organisation.full_name)


def with_lead(actor: Actor) -> Select:
    """The projects within this person's reach, each joined to its lead applicant's body."""
    lead = (ProjectApplicant.project_id == Project.id) & (ProjectApplicant.position == 0)
    return within_reach(Project, actor).join(ProjectApplicant, lead).join(ProjectApplicant.organisation)
