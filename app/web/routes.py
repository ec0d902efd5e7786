"""Pages that belong to no context: the language switch and the entries kept over a sign-in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from app.db import db
from app.web import kept
from app.web.access import needs
from app.web.i18n import LANGUAGES

web = Blueprint("web", __name__)


@web.get("/language/<locale>")
@needs("public")
def language(locale: str):
    """Switch the language and come back to the same page."""
    if locale not in LANGUAGES:
        abort(404)
    session["language"] = locale
    return redirect(own_path(request.args.get("next")) or url_for("home.index"))


@web.get("/kept-entries")
@needs("session.use")
def kept_entries():
    """After signing in again: what had been typed, ready to be sent."""
    key = session.get("after_sign_in")
    row = db.session.get(kept.KeptEntries, key) if key else None
    if row is None:
        if key:
            flash(_("What you had typed before you were signed out is no longer kept."), "warning")
            session.pop("after_sign_in")
        return redirect(url_for("home.index"))
    html, _status = kept.page(
        _("Your entries were kept"),
        _("You had been signed out. Check what you typed, then send it."),
        200,
        url=row.url,
        pairs=row.entries,
    )
    return html


def own_path(target: str | None) -> str | None:
    """`target` if it is a path on this site: a link must not lead a person elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if not target.isprintable():  # a line end would break the header that it goes into
        return None
    parts = urlsplit(target)
    return target if not parts.netloc and not parts.scheme and "\\" not in target else None
