"""What a person typed is kept when the request could not be served: session over, token stale, database away.

The entries go back to the browser as a page with a "send again" button, or wait in a small table (keeping.py) while
the person signs in again. Only entries sent from our own pages are kept, so that no other site can plant any.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Request, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from app import calendar
from app.history import origin
from app.lines import typed
from app.web import keeping
from app.web.manifest import answer

NEVER_KEPT = ("csrf_token", "password", "new_password", "new_password_again")


def until_sign_in() -> Any:
    """To the sign-in page, with what was typed waiting behind it; or a page that holds it, where it cannot wait."""
    try:
        session["after_sign_in"] = _keep()
    except keeping.NotKept as problem:
        return page(
            _("You have been signed out"),
            _(
                "What you typed is longer than what can wait on the server, so this page alone holds it. "
                "Leave it open, sign in in another tab, then come back and send it."
            )
            if problem.too_large
            else _(
                "What you typed cannot wait on the server just now, so this page alone holds it. "
                "Leave it open, sign in in another tab, then come back and send it."
            ),
            401,
            sign_in=True,
        )
    return redirect(url_for("organisations.sign_in", next=url_for("web.kept_entries")))


def _keep() -> str | None:
    """Store the entries of this request; their key, or None when there is nothing to keep. Raises NotKept."""
    pairs, url = entries(request), request.full_path.rstrip("?")
    if not pairs or not _sent_from_our_own_page(request):
        return None
    if len(url) > keeping.LONGEST_URL or url != typed(url):
        return None
    return keeping.keep(url, pairs, person_id=whose(), origin=origin.get(), at=calendar.now())


def whose() -> int | None:
    """The person whose session this is or was, also when it lets nobody in any more; None where it tells nobody."""
    found: int | None = answer("person_of_session")()
    return found


def entries(of: Request) -> list[list[str]]:
    """What was typed, in order, as (name, value); never a password, never a token. What was emptied is sent again empty."""
    pairs = [[name, value] for name, value in of.form.items(multi=True) if name not in NEVER_KEPT]
    return pairs if any(value for _name, value in pairs) else []


def page(
    title: str,
    why: str,
    status: int,
    *,
    url: str | None = None,
    pairs: list[Any] | None = None,
    person_id: int | None = None,
    more: bool = False,
    sign_in: bool = False,
    newest: str | None = None,
    instead: bool = False,
) -> Any:
    """The page that shows what was kept, with a button to send it again.

    `person_id`: it is kept nowhere but on this page, for this person. `more`: something else waits. `sign_in`: it is
    to be sent after signing in. `newest`: where to read what is saved now; `instead`: sent again, they take its place.
    """
    try:
        pairs = entries(request) if pairs is None else pairs
    except RequestEntityTooLarge:
        pairs = []  # the page tells of another fault, and may not stumble over this one
    html = render_template(
        "errors/kept.html",
        title=title,
        why=why,
        kept=pairs,
        retry_url=url or request.full_path.rstrip("?"),
        files_lost=bool(request.files),
        person_id=person_id,
        more=more,
        sign_in=sign_in,
        newest=newest,
        instead=instead,
    )
    return html, status


def _sent_from_our_own_page(of: Request) -> bool:
    sender = of.headers.get("Origin") or of.headers.get("Referer")
    return sender is not None and urlsplit(sender).netloc == of.host
