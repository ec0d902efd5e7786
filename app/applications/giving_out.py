"""A file of an application as a download, or a page that says why it is not given out."""

from __future__ import annotations

import logging
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.applications.models import Application
from app.safekeeping import checking
from app.storage import Damaged, open_verified
from app.web.files import download

log = logging.getLogger(__name__)


def given_out(
    application: Application, file: dict[str, Any], *, may_replace: bool = False
) -> ResponseReturnValue:
    """The file on record as a download; a page that says so when the storage does not have it any more."""
    try:
        checking.refuse_quarantined(file["path"])
    except checking.Quarantined as problem:
        page = render_template(
            "applications/quarantined_file.html",
            application=application,
            file=file,
            verdict=problem.verdict,
            may_replace=may_replace,
        )
        return page, 409
    try:
        content = open_verified(file["path"], file["sha256"])
    except (Damaged, OSError) as problem:
        log.exception("“%s” of application %s cannot be given out", file["filename"], application.id)
        away = not isinstance(problem, Damaged)
        page = render_template(
            "applications/damaged_file.html",
            application=application,
            file=file,
            may_replace=may_replace,
            away=away,
        )
        return page, 503
    return download(content, file["filename"], file["media_type"])
