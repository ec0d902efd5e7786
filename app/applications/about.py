"""The applications of one body, for its page."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_
from sqlalchemy.orm import joinedload

from app.actors import Actor
from app.applications.models import Application
from app.db import db
from app.organisations.models import Organisation
from app.permissions import OFFICE
from app.web.about import SHOWN, About, Related, about
from app.web.records import within_reach


def about_body(body: Organisation, actor: Actor) -> About | None:
    """Those it leads or takes part in, as far as `actor` sees them, the newest first."""
    if not actor.may("application.list"):
        return None
    joint = Application.joined_by([body.id], actor)
    query = (
        within_reach(Application, actor)
        .where(or_(Application.organisation_id == body.id, Application.id.in_(joint)))
        .options(joinedload(Application.call))
        .order_by(Application.id.desc())
        .limit(SHOWN + 1)
    )
    found = [
        Related(
            application,
            (application.submitted_title if actor.role in OFFICE else application.title)
            or _("(no title yet)"),
            url_for("applications.show", application_id=application.id),
            "　".join(part for part in (application.number, application.call.title) if part),
            application.submitted_at,
        )
        for application in db.session.scalars(query)
    ]
    return about(
        "applications",
        _("Applications"),
        found,
        all_url=url_for("applications.index", q=body.code or body.name),
        none=_("This body has not applied."),
    )
