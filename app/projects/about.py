"""The projects of one body, for its page, and the one that came of an application."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import joinedload

from app.actors import Actor
from app.applications.models import Application
from app.db import db
from app.lifecycle.application import SELECTED
from app.organisations.models import Organisation
from app.programmes.voice import told_apart
from app.projects.lists import BODIES, selected_in
from app.projects.models import Project, ProjectApplicant
from app.statements import prepared
from app.web.about import SHOWN, About, Related, about
from app.web.i18n import shown_date
from app.web.records import reader, within_reach


def came_of(application: Application, actor: Actor) -> Project | None:
    """The project that came of an application, as far as `actor` sees it; None before the announcement."""
    if application not in SELECTED:
        return None

    def build() -> Any:
        asked = bindparam("came_of", type_=Integer)
        return within_reach(Project, actor).where(Project.application_id == asked).options(BODIES)

    query = prepared(("project from an application", reader(actor)), build)
    project: Project | None = db.session.scalars(query, {"came_of": application.id}).one_or_none()
    return project


def about_body(body: Organisation, actor: Actor) -> About | None:
    """Those it leads or takes part in, as far as `actor` sees them, the newest first."""
    if not actor.may("project.list"):
        return None
    taken_part = select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id == body.id)
    query = (
        within_reach(Project, actor)
        .where(Project.id.in_(taken_part))
        .options(joinedload(Project.call), BODIES)
        .order_by(Project.number.desc())
        .limit(SHOWN + 1)
    )
    found = [
        Related(
            project,
            project.shown_title,
            url_for("projects.show", project_id=project.id),
            told_apart(project.programme_id)
            + _(
                "No. %(number)s, selected in %(year)s, support until %(end)s",
                number=project.number,
                year=selected_in(project),
                end=shown_date(project.ends_on, weekday=False),
            ),
        )
        for project in db.session.scalars(query)
    ]
    return about(
        "projects",
        _("Projects"),
        found,
        all_url=url_for("projects.index", q=body.code or body.name),
        none=_("No project of this body has been selected."),
    )
