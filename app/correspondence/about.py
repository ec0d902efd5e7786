"""The letters to one body, for its page."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.actors import Actor
from app.correspondence.models import Letter
from app.correspondence.openings import note_reading
from app.db import db
from app.organisations.models import Organisation
from app.web.about import SHOWN, About, Related, about
from app.web.records import within_reach


def about_body(body: Organisation, actor: Actor) -> About | None:
    """As far as `actor` sees them, the newest first."""
    if not actor.may("letter.view", body):
        return None
    query = (
        within_reach(Letter, actor)
        .where(Letter.organisation_id == body.id)
        .order_by(Letter.id.desc())
        .limit(SHOWN + 1)
    )
    letters = list(db.session.scalars(query))
    note_reading(*letters, actor=actor)
    found = [
        Related(
            letter,
            letter.subject,
            url_for("correspondence.letter", letter_id=letter.id),
            letter.number or "",
            letter.issued_on,
        )
        for letter in letters
    ]
    return about(
        "letters",
        _("Letters"),
        found,
        all_url=url_for("correspondence.letters", q=body.code or body.name),
        none=_("No letter has been written to this body."),
    )
