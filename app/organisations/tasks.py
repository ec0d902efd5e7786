"""What waits for an administrator."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import calendar
from app.actors import Actor
from app.db import db
from app.memory import HOUSE, remembered
from app.organisations.lists import UNATTENDED
from app.organisations.models import Organisation
from app.web.i18n import shown_number
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> list[Task]:
    """Bodies that nobody answers for: their mail would go nowhere."""
    if not actor.may("seat.manage"):
        return []
    bodies = unattended_count(at)
    if not bodies:
        return []
    title = _("Name a holder for the seats of bodies without one (%(n)s)", n=shown_number(bodies))
    return [Task(title, url_for("organisations.seats", holder=UNATTENDED))]


def unattended_count(at: datetime) -> int:
    day = calendar.day_of(at)
    counted = select(func.count()).select_from(Organisation).where(Organisation.unattended(day))
    return remembered(("bodies nobody acts for", day), lambda: db.session.scalar(counted) or 0, HOUSE)
