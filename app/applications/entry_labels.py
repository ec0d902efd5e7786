"""What kept entries of an application are called where its form is made for one record: see app/web/labels.py."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.applications.forms import return_form
from app.applications.models import ANSWERED, Application
from app.programmes.form import OWN
from app.questions.forms import names_of_entries, section_form
from app.web.access import actor_or_none
from app.web.labels import names_entries
from app.web.records import fetch


@names_entries("applications.section")
def _section(application_id: int, key: str) -> dict[str, Any]:
    if actor_or_none() is None:
        return {}
    response = fetch(Application, application_id, *ANSWERED).answered
    section = next((it for it in response.form.sections if it.key == key), None)
    if section is None:
        return {}
    return names_of_entries(section_form(response, section))


@names_entries("applications.answer")
def _answer(application_id: int, question_id: int) -> dict[str, Any]:
    return _section(application_id, f"{OWN}{question_id}")


@names_entries("applications.return_for_correction")
def _sections(application_id: int) -> dict[str, Any]:
    if actor_or_none() is None:
        return {}
    boxes = return_form(fetch(Application, application_id, *ANSWERED)).boxes.values()
    return {box.name: _("To be corrected in “%(section)s”", section=box.label.text) for box in boxes}
