"""What waits around projects: letters that must be approved before the notice day, bodies that nobody acts for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import calendar
from app.lifecycle import N_
from app.permissions import OFFICE
from app.projects.end_of_support import KIND, unapproved
from app.projects.lists import count_without_contact
from app.web.i18n import shown_fiscal_year
from app.web.tasks import Task


def tasks(actor: Any, at: datetime) -> list[Task]:
    return [*_letters(actor), *_contacts(at)] if actor.role in OFFICE else []


def _letters(actor: Any) -> list[Task]:
    """To approve for directors, to look through for officers, from the day of drafting to the last approval."""
    title = N_("Approve support-end letters: %(count)s")
    if not actor.may("letter.approve"):
        title = N_("Look through the support-end letters before they are approved: %(count)s")
    return [
        Task(
            _(title, count=count),
            url_for("correspondence.letters", kind=KIND, fiscal_year=fiscal_year, state="drafted"),
            _("Support ends with %(year)s", year=shown_fiscal_year(fiscal_year)),
            calendar.support_end_notice_day(fiscal_year),
        )
        for fiscal_year, count in unapproved().items()
    ]


def _contacts(at: datetime) -> list[Task]:
    count = count_without_contact(calendar.day_of(at))
    if not count:
        return []
    return [
        Task(
            _("Find a contact: projects with a body that nobody acts for: %(count)s", count=count),
            url_for("projects.index", contact="none"),
        )
    ]
