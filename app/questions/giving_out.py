"""A file that answers a question as a download, or a page that says why it is not given out."""

from __future__ import annotations

import logging
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.safekeeping import checking
from app.storage import Damaged, open_verified
from app.web.files import download

log = logging.getLogger(__name__)


def given_out(
    file: dict[str, Any], *, back: tuple[str, str], caption: str = "", may_replace: bool = False
) -> ResponseReturnValue:
    """The file on record as a download; a page that says so when the storage does not have it any more.

    `back` is the address and the name of the page that such a page belongs to, `caption` stands over it.
    """
    around = {"file": file, "back": back, "caption": caption, "may_replace": may_replace}
    try:
        checking.refuse_quarantined(file["path"])
    except checking.Quarantined as problem:
        return render_template("questions/quarantined_file.html", verdict=problem.verdict, **around), 409
    try:
        content = open_verified(file["path"], file["sha256"])
    except (Damaged, OSError) as problem:
        log.exception("“%s” of %s cannot be given out", file["filename"], caption or back[0])
        away = not isinstance(problem, Damaged)
        return render_template("questions/damaged_file.html", away=away, **around), 503
    return download(content, file["filename"], file["media_type"])
