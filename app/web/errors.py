"""Errors are for the reader: what happened, what was kept, what to do next. Never a bare 500."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, jsonify, render_template, request, url_for
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app import security
from app.db import db
from app.lifecycle import NotAllowed
from app.permissions import PUBLIC
from app.web import kept
from app.web.access import ASKS_NOBODY, actor_or_none, declared_permission
from app.web.i18n import audience
from app.web.labels import labelled
from app.web.records import SavedMeanwhile, address_of

log = logging.getLogger(__name__)
DRAIN_AT_MOST = 512 * 1024 * 1024
GOES_ON = (403, 404)  # upon which somebody who is signed in goes on to another page


def init_app(app: Flask) -> None:
    app.jinja_env.filters["labelled"] = labelled
    app.register_error_handler(CSRFError, _token_gone)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(NotAllowed, _moved_on)
    app.register_error_handler(StaleDataError, _somebody_else_saved)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """The autosave asks for JSON; a person's browser never does."""
    return request.accept_mimetypes.best == "application/json"


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    if error.code == 403 and (who := actor_or_none()):
        security.note_after("denied", actor=who, about=request.path, once=request.endpoint or "")
    if wants_json():
        return jsonify(error=error.name), error.code
    if request_ctx.url_adapter is None:  # for a host that is none, no page has an address
        return error.name, error.code, {"Content-Type": "text/plain"}
    known = error.code if error.code in (400, 403, 404, 409, 413, 414, 429, 503) else 400
    knows_whom = known in GOES_ON and _is_signed_in()
    return render_template(f"errors/{known}.html", error=error, knows_whom=knows_whom), error.code


def _is_signed_in() -> bool:
    """Whether the page can have the navigation of whoever asks, who goes on from it; not while the database is away."""
    if request.endpoint in ASKS_NOBODY:
        return False
    try:
        return actor_or_none() is not None
    except (DBAPIError, PoolTimeout):
        _ask_no_more()
        return False


def _token_gone(error: CSRFError) -> Any:
    db.session.rollback()
    if wants_json():
        return jsonify(error="token"), 400
    if (
        not current_user.is_authenticated
        and declared_permission(current_app, request.endpoint or "") != PUBLIC
    ):
        return kept.until_sign_in()
    return kept.page(
        _("This page had been open for too long"),
        _("For safety a page can be sent only for a day after it was opened. Nothing you typed is lost."),
        400,
    )


def _too_large(error: RequestEntityTooLarge) -> Any:
    # Read what the browser is still sending: otherwise it reports a broken connection instead of our page.
    stream, left = request.environ["wsgi.input"], DRAIN_AT_MOST
    while left > 0 and (chunk := stream.read(min(1024 * 1024, left))):
        left -= len(chunk)
    if wants_json():
        return jsonify(error="too large"), 413
    limit = request.max_content_length
    files = limit == current_app.config["MAX_CONTENT_LENGTH"]
    return render_template("errors/413.html", error=error, limit=limit, files=files), 413


def _moved_on(error: NotAllowed) -> Any:
    db.session.rollback()
    log.info("refused: %s", error)
    if wants_json():
        return jsonify(error="not allowed"), 409
    why = error.guard.told_to(audience()) if error.guard else ""
    page = render_template(
        "errors/409.html",
        record=error.record,
        why=_(why) if why else "",
        kept=kept.entries(request),
        newest=_where_from() or _page_of(error.record) or url_for("home.index"),
    )
    return page, 409


def _somebody_else_saved(error: StaleDataError) -> Any:
    db.session.rollback()
    if wants_json():
        return jsonify(error="stale"), 409
    pairs = kept.entries(request)
    return kept.page(
        _("This was saved in the meantime, by somebody else or by you in another tab"),
        _("Your entries were not saved, and are kept below. Look at the newest version first, then decide."),
        409,
        pairs=_made_from_now(pairs, error) if isinstance(error, SavedMeanwhile) else pairs,
        newest=_this_page() or _where_from() or url_for("home.index"),
        instead=isinstance(error, SavedMeanwhile),
    )


def _made_from_now(pairs: list[list[str]], problem: SavedMeanwhile) -> list[list[str]]:
    """The entries as if the page had shown what is saved now: whoever sends them again has been told of it."""
    rest = [it for it in pairs if it[0] != problem.entry]
    return [*rest, [problem.entry, str(problem.now)]]


def _this_page() -> str | None:
    """The address that was sent to, where there is a page to be read at it."""
    can_be_read = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return request.full_path.rstrip("?") if can_be_read else None


def _where_from() -> str | None:
    """The page of ours that led here, not this one again: that would be refused once more."""
    sender = request.referrer or ""
    is_ours = sender.startswith(request.host_url) and urlsplit(sender).path != request.path
    return sender if is_ours else None


def _page_of(record: Any) -> str | None:
    return address_of(record.kind, record.id)


def _database_away(error: Exception) -> Any:
    log.error("database away: %s", error)
    _ask_no_more()
    if wants_json():
        return jsonify(error="database away"), 503
    html, _status = kept.page(
        _("The database cannot be reached just now"),
        _(
            "Nothing was saved by this request, and nothing you typed is lost. Wait a minute, then send it again."
        ),
        503,
    )
    return html, 503, {"Retry-After": "60"}


def _ask_no_more() -> None:
    """Who this is cannot be looked up now; without a user set the page would try, and fail again."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 (Flask-Login's own place for it)
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()


def _unexpected(error: Exception) -> Any:
    log.exception("unexpected", exc_info=error)
    db.session.rollback()
    if current_app.testing:
        raise error
    if wants_json():
        return jsonify(error="unexpected"), 500
    html, _status = kept.page(
        _("Something went wrong on our side"),
        _("The fault has been recorded. Nothing you typed is lost: it is kept below."),
        500,
    )
    return html, 500
