"""The form of an application as an Excel workbook: made, and what was filled in it saved as if it had been typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.actors import Actor
from app.applications import correcting, drafting
from app.applications.models import Application
from app.programmes.models import Call
from app.questions.importing import Comparison, compare, refuse_other_form
from app.questions.kind import Upload
from app.questions.models import FormVersion
from app.questions.workbook_reading import Read, read_workbook
from app.questions.workbooks import Cover, workbook
from app.web.i18n import shown_instant


def empty_workbook(call: Call, version: FormVersion) -> bytes:
    """What the call asks, with nothing filled in; any application to it can be answered with the file."""
    facts = [(_("Form"), _("Version %(number)s", number=version.number)), _closing(call)]
    cover = Cover(call.title, facts, version.template_id, version.number)
    return workbook(version.form, {}, cover)


def filled_workbook(application: Application, *, at: datetime) -> bytes:
    """What the application answers so far. Answers of this moment are noted in it, so that later ones are not overwritten."""
    response = application.answered
    version = response.version
    title = application.title or _("(no title yet)")
    facts = [
        (_("Application"), f"{application.number}　{title}" if application.number else title),
        (_("Applicant"), application.organisation.full_name),
        (_("Form"), _("Version %(number)s", number=version.number)),
        (_("As of"), shown_instant(at)),
        _closing(application.call),
    ]
    cover = Cover(application.call.title, facts, version.template_id, version.number, application.id)
    return workbook(response.form, response.values, cover, locked=correcting.locked(application))


def _closing(call: Call) -> tuple[str, str]:
    return _("Call closes"), shown_instant(call.closes_at)


def read_upload(application: Application, upload: Upload) -> Read:
    """What stands in a filled form of this application. Raises NoWorkbook for any other file."""
    read = read_workbook(application.answered.form, upload)
    refuse_other_form(application.answered, read, subject=application.id)
    return read


def compared(application: Application, read: Read, seen: Mapping[str, Any] | None = None) -> Comparison:
    """What of it would change now; `seen` are the answers as whoever uploaded it was shown them."""
    return compare(application.answered, read, seen=seen, locked=correcting.locked(application))


def versions_of(application: Application) -> dict[str, int]:
    """The version of each section, for a page to send back: what it was made from."""
    return {
        section.key: application.version_of(section.key) for section in application.answered.form.sections
    }


def take(
    application: Application,
    comparison: Comparison,
    keys: Collection[str],
    *,
    versions: Mapping[str, int],
    form: int | None,
    actor: Actor,
    at: datetime,
) -> list[str]:
    """Save the changes that were chosen (keys of questions), section by section; the keys of these sections.

    `versions` and `form` are what whoever chose them was shown. Raises as `drafting.save`; then nothing may be committed.
    """
    saved = []
    for section, changes in comparison.by_section():
        values = {it.key: it.becomes for it in changes if it.key in keys}
        if values:
            drafting.save(
                application,
                section.key,
                values,
                version=versions.get(section.key),
                form=form,
                actor=actor,
                at=at,
            )
            saved.append(section.key)
    return saved
