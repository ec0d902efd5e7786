"""The councils beside the projects of one body, for its page."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.actors import Actor
from app.councils.models import Council
from app.db import db
from app.organisations.models import Organisation
from app.programmes.voice import told_apart
from app.projects.models import Project, ProjectApplicant
from app.web.about import SHOWN, About, Related, about
from app.web.records import within_reach


def about_body(body: Organisation, actor: Actor) -> About | None:
    """Those of projects that it leads or takes part in, as far as `actor` sees them, the newest project first."""
    if not actor.may("council.view") or not actor.may("project.list"):
        return None
    taken_part = select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id == body.id)
    query = (
        within_reach(Council, actor)
        .join(Council.project)
        .where(Council.project_id.in_(taken_part))
        .options(contains_eager(Council.project).joinedload(Project.call))
        .order_by(Project.number.desc())
        .limit(SHOWN + 1)
    )
    found = [
        Related(
            council,
            council.name,
            url_for("councils.show", project_id=council.project_id),
            told_apart(council.project.programme_id) + _("No. %(number)s", number=council.project.number),
        )
        for council in db.session.scalars(query)
    ]
    return about(
        "councils",
        _("Councils"),
        found,
        all_url=url_for("projects.index", q=body.code or body.name),
        none=_("No council stands beside a project of this body."),
    )
