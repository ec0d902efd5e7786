"""What was handed in, as files to print and to keep: the receipt and the whole application."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import abort, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.applications import prints
from app.applications.blueprint import applications
from app.applications.models import Application, Submission
from app.correspondence.rendering import MissingFont
from app.lines import one_line
from app.web.access import needs
from app.web.records import fetch


@applications.get("/applications/<int:application_id>/submissions/<int:submission_id>/receipt.pdf")
@needs("application.view")
def receipt_pdf(application_id: int, submission_id: int) -> ResponseReturnValue:
    """The receipt (受付) of one submission."""
    return _printed(application_id, submission_id, prints.receipt_pdf, _("Receipt"))


@applications.get("/applications/<int:application_id>/submissions/<int:submission_id>/application.pdf")
@needs("application.view")
def application_pdf(application_id: int, submission_id: int) -> ResponseReturnValue:
    """All of one submission as one document."""
    return _printed(application_id, submission_id, prints.application_pdf, _("Application"))


def _printed(
    application_id: int, submission_id: int, draw: Callable[[Submission], bytes], name: str
) -> ResponseReturnValue:
    application = fetch(Application, application_id)
    found = next((one for one in application.submissions if one.id == submission_id), None)
    if found is None:
        abort(404)
    try:
        content = draw(found)
    except MissingFont:
        flash(
            _(
                "The server has no Japanese font, so no letter can be made. Ask an administrator to run “flask doctor”."
            ),
            "error",
        )
        return redirect(url_for("applications.show", application_id=application_id))
    place = application.submissions.index(found) + 1
    filename = one_line(f"{found.content['number']}_{place}_{name}.pdf")
    answer = send_file(
        io.BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=filename
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
