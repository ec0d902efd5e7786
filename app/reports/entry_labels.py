"""What kept entries of a report are called where its form is made for one record: see app/web/labels.py."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.questions.forms import form_of, names_of_entries
from app.reports.forms import return_form
from app.reports.models import ANSWERED, SUBMISSIONS, Report
from app.web.access import actor_or_none
from app.web.labels import names_entries
from app.web.records import look_up


@names_entries("reports.section")
def _section(report_id: int, report_section: str) -> dict[str, Any]:
    if actor_or_none() is None:
        return {}
    sections = look_up(Report, report_id, *ANSWERED).answered.form.sections
    section = next((it for it in sections if it.key == report_section), None)
    return names_of_entries(form_of(section, {})) if section else {}


@names_entries("reports.return_for_correction")
def _boxes(report_id: int) -> dict[str, Any]:
    if actor_or_none() is None:
        return {}
    boxes = return_form(look_up(Report, report_id, *ANSWERED, SUBMISSIONS)).boxes.values()
    return {box.name: _("To be corrected in “%(section)s”", section=box.label.text) for box in boxes}
