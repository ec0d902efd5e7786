"""What waits around projects: bodies that nobody acts for. (Letters to approve are told by correspondence.)"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import calendar
from app.permissions import OFFICE
from app.projects.lists import count_without_contact
from app.web.tasks import Task


def tasks(actor: Any, at: datetime) -> list[Task]:
    count = count_without_contact(calendar.day_of(at)) if actor.role in OFFICE else 0
    if not count:
        return []
    title = _("Find a contact: projects with a body that nobody acts for: %(count)s", count=count)
    return [Task(title, url_for("projects.index", contact="none"))]
