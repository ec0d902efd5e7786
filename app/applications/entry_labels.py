"""What kept entries of an application are called where its form is made for one record: see app/web/labels.py."""

from __future__ import annotations

from flask_babel import gettext as _

from app.applications.forms import return_form
from app.applications.models import Application
from app.web.access import actor_or_none
from app.web.labels import names_entries
from app.web.records import look_up


@names_entries("applications.answer")
def _question(application_id: int, question_id: int) -> dict[str, str]:
    if actor_or_none() is None:
        return {}
    questions = look_up(Application, application_id).call.questions
    return {"text": next((asked.label for asked in questions if asked.id == question_id), "")}


@names_entries("applications.return_for_correction")
def _sections(application_id: int) -> dict[str, str]:
    if actor_or_none() is None:
        return {}
    boxes = return_form(look_up(Application, application_id)).boxes.values()
    return {box.name: _("To be corrected in “%(section)s”", section=box.label.text) for box in boxes}
