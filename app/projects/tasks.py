"""What waits around projects: bodies that nobody acts for, extensions not recorded. (Letters: see correspondence.)"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, literal, select, union_all

from app import calendar
from app.actors import Actor
from app.db import db
from app.memory import CASES, HOUSE, remembered
from app.permissions import OFFICE, OFFICER
from app.projects import extension
from app.projects.lists import lacks_contact
from app.projects.models import Project
from app.web.i18n import shown_fiscal_year
from app.web.tasks import Task

NO_YEAR = 0  # stands for the count of bodies without a contact, which is of no fiscal year


def tasks(actor: Actor, at: datetime) -> list[Task]:
    if actor.role not in OFFICE:
        return []
    on = calendar.day_of(at)
    counts = dict(remembered(("projects that wait", on), partial(_counts, on), HOUSE, CASES))
    without_contact = counts.pop(NO_YEAR)
    # A director may record an extension too, but it is the officers' task.
    found = [_record_extensions(*each) for each in sorted(counts.items())] if actor.role == OFFICER else []
    return [_find_contacts(without_contact), *found] if without_contact else found


def _counts(on: date) -> dict[int, int]:
    """Extensions not recorded, by the last base year, and beside them the bodies without a contact."""
    alone = select(literal(NO_YEAR), func.count()).select_from(Project).where(lacks_contact(on))
    unrecorded = extension.unrecorded_by_year(on).order_by(None)
    return {year: int(count) for year, count in db.session.execute(union_all(alone, unrecorded))}


def _find_contacts(count: int) -> Task:
    title = _("Find a contact: projects with a body that nobody acts for: %(count)s", count=count)
    return Task(title, url_for("projects.index", contact="none"))


def _record_extensions(fiscal_year: int, count: int) -> Task:
    """Through the whole of the last base year, and until it is done."""
    return Task(
        _("Record what became of extensions: projects: %(count)s", count=count),
        url_for("projects.ending", fiscal_year=fiscal_year),
        about=_("Base period ends with %(year)s", year=shown_fiscal_year(fiscal_year)),
        due=extension.record_by(fiscal_year),
    )
