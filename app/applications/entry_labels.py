"""What kept entries of an application are called where its form is made for one record: see app/web/labels.py."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.applications.forms import return_form
from app.applications.models import ANSWERED, Application
from app.programmes.default_form import default_form
from app.programmes.form import OWN
from app.questions.definition import Section
from app.questions.forms import form_of, names_of_entries
from app.web.access import actor_or_none
from app.web.labels import names_entries
from app.web.records import look_up


@names_entries("applications.section")
def _section(application_id: int, key: str) -> dict[str, Any]:
    section = _asked(application_id, key)
    return names_of_entries(form_of(section, {})) if section else {}


@names_entries("applications.answer")
def _answer(application_id: int, question_id: int) -> dict[str, Any]:
    # Whoever may not see it is told nothing, not what other forms call an entry of this name.
    return _section(application_id, f"{OWN}{question_id}") or {"text": ""}


@names_entries("applications.return_for_correction")
def _sections(application_id: int) -> dict[str, Any]:
    if actor_or_none() is None:
        return {}
    boxes = return_form(look_up(Application, application_id, *ANSWERED)).boxes.values()
    return {box.name: _("To be corrected in “%(section)s”", section=box.label.text) for box in boxes}


def _asked(application_id: int, key: str) -> Section | None:
    """The section as the application's form has it; for whoever may not see that, one that a new call begins with."""
    form = default_form()
    if actor_or_none() is not None:
        try:
            form = look_up(Application, application_id, *ANSWERED).answered.form
        except HTTPException:
            pass
    return next((section for section in form.sections if section.key == key), None)
