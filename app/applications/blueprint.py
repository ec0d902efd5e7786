"""The blueprint that all pages of this context hang on, and what their templates ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.applications import assigning, attachments, correcting, mails
from app.applications.models import Application
from app.applications.office_models import VERDICTS
from app.applications.sections import section_keys
from app.programmes.form import FILES, JOINT, OWN
from app.questions.definition import Section
from app.questions.giving_out import given_out
from app.web.i18n import japanese, shown_date

applications = Blueprint("applications", __name__)

OWN_PAGES = {  # of a section that asks this alone, and is not filled in as a form
    JOINT: "applications.joint_applicants",
    FILES: "applications.add_attachment",
}


def own_page(section: Section) -> str | None:
    """The endpoint of its page, where bodies are looked for or files come one by one; None for a section that is a form."""
    return OWN_PAGES.get(section.questions[0].key) if len(section.questions) == 1 else None


@applications.app_template_global()
def section_url(application: Application, key: str) -> str:
    """The page of a section, by its key; the task list for one that the form has not any more."""
    section = next((it for it in application.answered.form.sections if it.key == key), None)
    if section is None:
        return url_for("applications.show", application_id=application.id)
    if page := own_page(section):
        return url_for(page, application_id=application.id)
    if key.startswith(OWN):
        return url_for(
            "applications.answer", application_id=application.id, question_id=int(key.removeprefix(OWN))
        )
    return url_for("applications.section", application_id=application.id, key=key)


@applications.app_template_global()
def page_after(application: Application, key: str) -> str:
    """The page of the section that follows in the task list, of a returned one that may be changed; after the last all answers on one page."""
    keys, closed = list(section_keys(application)), correcting.locked(application)
    for later in keys[keys.index(key) + 1 :]:
        if not correcting.stays(application, later, closed):
            return section_url(application, later)
    return url_for("applications.check", application_id=application.id)


def file_of(
    application: Application, file: dict[str, Any], *, may_replace: bool = False
) -> ResponseReturnValue:
    """A file of an application as a download, or the page that says why it is not given out."""
    back = url_for("applications.show", application_id=application.id), application.number or _("Application")
    if may_replace and (section := attachments.section_of(application, file["path"])):
        back = section_url(application, section.key), str(section.label)
    return given_out(file, back=back, caption=application.number or "", may_replace=may_replace)


@applications.app_template_global()
def verdict_label(verdict: str) -> str:
    """What was found at an item of the checklist, in words."""
    return _(VERDICTS[verdict]) if verdict in VERDICTS else _("Not checked")


for _ask in (assigning.officers, correcting.may_change, correcting.remarks_of, correcting.remarks_to_mend):
    applications.add_app_template_global(_ask)


@applications.app_template_filter()
def to_the_second(instant: datetime) -> str:
    """令和5年3月17日（金）11時59分58秒, or 17 March 2023 (Fri), 11:59:58 JST."""
    if japanese():
        return mails.to_the_second(instant)
    local = instant.astimezone(calendar.JST)
    return f"{shown_date(local)}, {local:%H:%M:%S} JST"
