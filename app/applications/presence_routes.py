"""Who else has an application open: said by each page that is open, told on each (app/questions/presence.py)."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.applications.blueprint import applications
from app.applications.models import Application
from app.applications.sections import section_keys
from app.db import db
from app.questions import presence
from app.web.access import actor, needs
from app.web.records import fetch


@applications.post("/applications/<int:application_id>/presence")
@needs("application.edit")
def presence_of_mine(application_id: int) -> ResponseReturnValue:
    """Note that the page of `section` (none: the list of sections) is open; answers who else is there, in words."""
    application = fetch(Application, application_id)
    section = request.form.get("section", "")
    section = section if section in section_keys(application) else ""
    presence.note(application.answered, section, actor=actor(), at=calendar.machine_now())
    db.session.commit()
    return jsonify(others=others_here(application, section))


@applications.app_template_global()
def others_here(application: Application, section: str = "") -> list[str]:
    """A sentence for each person who has the application open besides the one who reads, at its page `section`."""
    names = section_keys(application)
    found = presence.others(application.answered, actor=actor(), at=calendar.machine_now())
    return [_sentence(one, section, names.get(one.section, "")) for one in found]


def _sentence(one: presence.Other, section: str, label: str) -> str:
    if one.section and one.section == section:
        return _(
            "%(name)s has this section open too. If both of you change it, nothing is overwritten: whoever saves second "
            "is shown both texts.",
            name=one.name,
        )
    if label:
        return _("%(name)s has this application open too, at “%(section)s”.", name=one.name, section=label)
    return _("%(name)s has this application open too.", name=one.name)
