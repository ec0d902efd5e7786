"""Of no context: the style sheet and script of all pages, the language switch, the entries kept over a sign-in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.web import assets, keeping, kept
from app.web.access import actor, needs
from app.web.i18n import LANGUAGES

web = Blueprint("web", __name__)


@web.get("/assets/<file>")
@needs("public")
def asset(file: str) -> ResponseReturnValue:
    digest, _dot, kind = file.partition(".")
    return assets.answer(digest, kind) if kind in assets.MEDIA_TYPES else abort(404)


@web.get("/language/<locale>")
@needs("public")
def language(locale: str) -> ResponseReturnValue:
    """Switch the language and come back to the same page."""
    if locale not in LANGUAGES:
        abort(404)
    session["language"] = locale
    return redirect(own_path(request.args.get("next")) or url_for("home.index"))


@web.get("/kept-entries")
@needs("session.use")
def kept_entries() -> ResponseReturnValue:
    """After signing in again: what had been typed, ready to be sent. Shown once: from then on the page has it alone."""
    key, at, person_id = session.get("after_sign_in"), calendar.now(), actor().person_id
    if request.method == "HEAD" and keeping.waits_for(key, person_id=person_id, at=at):
        return Response(mimetype="text/html")  # nothing is shown by it, nothing taken away
    taken = keeping.take(key, person_id=person_id, at=at)
    if taken is None and key and not keeping.is_known(key):
        return render_template("errors/kept_gone.html", person_id=person_id)
    if taken is None:  # there was nothing, or it is kept for somebody else, and not spoken of
        session.pop("after_sign_in", None)
        return redirect(url_for("home.index"))
    url, pairs = taken
    return kept.page(
        _("Your entries were kept"),
        _("You had been signed out. Check what you typed, then send it."),
        200,
        url=url,
        pairs=pairs,
        person_id=person_id,
        more=keeping.waits_for(key, person_id=person_id, at=at),
    )


def own_path(target: str | None) -> str | None:
    """`target` if it is a path on this site: a link must not lead a person elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if not target.isprintable():  # a line end would break the header that it goes into
        return None
    parts = urlsplit(target)
    return target if not parts.netloc and not parts.scheme and "\\" not in target else None
