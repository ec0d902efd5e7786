"""What waits around projects: bodies that nobody acts for, extensions not recorded. (Letters: see correspondence.)"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import calendar
from app.permissions import OFFICE, OFFICER
from app.projects import extension
from app.projects.lists import count_without_contact
from app.web.i18n import shown_fiscal_year
from app.web.tasks import Task


def tasks(actor: Any, at: datetime) -> list[Task]:
    return [*_bodies_without_contact(actor, at), *_extensions_to_record(actor, at)]


def _extensions_to_record(actor: Any, at: datetime) -> list[Task]:
    """Through the whole of the last base year, and until it is done: a director may, but it is the officers' task."""
    if actor.role != OFFICER:
        return []
    return [
        Task(
            _("Record what became of extensions: projects: %(count)s", count=count),
            url_for("projects.ending", fiscal_year=fiscal_year),
            about=_("Base period ends with %(year)s", year=shown_fiscal_year(fiscal_year)),
            due=extension.record_by(fiscal_year),
        )
        for fiscal_year, count in extension.unrecorded(calendar.day_of(at)).items()
    ]


def _bodies_without_contact(actor: Any, at: datetime) -> list[Task]:
    count = count_without_contact(calendar.day_of(at)) if actor.role in OFFICE else 0
    if not count:
        return []
    title = _("Find a contact: projects with a body that nobody acts for: %(count)s", count=count)
    return [Task(title, url_for("projects.index", contact="none"))]
