"""The checks of the seats of one body, for its page: from there a body reports a change at any time of the year."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.actors import Actor
from app.db import db
from app.organisations.models import Organisation
from app.rotation.models import SeatCheck
from app.web.about import SHOWN, About, Related, about
from app.web.i18n import shown_fiscal_year
from app.web.records import within_reach


def about_body(body: Organisation, actor: Actor) -> About | None:
    """For the body itself, the newest first; the office has a list of all. Nothing of one that was never asked."""
    if not actor.may("seat_check.answer") or not body.belongs_to(actor.organisation_id):
        return None
    own = within_reach(SeatCheck, actor).order_by(SeatCheck.fiscal_year.desc()).limit(SHOWN)
    checks = db.session.scalars(own).all()
    if not checks:
        return None
    found = [
        Related(
            check,
            shown_fiscal_year(check.fiscal_year),
            url_for("rotation.show", seat_check_id=check.id),
            day=check.answered_at or check.due_on,
        )
        for check in checks
    ]
    return about(
        "seat-checks",
        _("Checks of seats"),
        found,
        all_url="",  # in ten years there are ten
        none=_("Nobody has been asked yet."),
    )
