"""Security headers of every response. The policy allows nothing inline, so neither do our templates."""

from __future__ import annotations

from flask import Flask, Response, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from app.web.access import ASKS_NOBODY

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class PageSessions(SecureCookieSessionInterface):
    """Pages renew the session's cookie; style sheets and pictures do not: a late one would bring back an older one."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint not in ASKS_NOBODY:
            super().save_session(app, session, response)


def harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in ASKS_NOBODY:
        # Office machines are shared: what was behind a sign-in must not come back from a cache.
        response.headers.setdefault("Cache-Control", "no-store" if "_user_id" in session else "no-cache")
    return response
