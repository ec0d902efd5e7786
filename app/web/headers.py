"""Security headers of every response. The policy allows nothing inline, so neither do our templates."""

from __future__ import annotations

from flask import Response, request
from flask_login import current_user

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        # Office machines are shared: what was behind a sign-in must not come back from a cache.
        private = "_user_id" in request.cookies or current_user_known()
        response.headers.setdefault("Cache-Control", "no-store" if private else "no-cache")
    return response


def current_user_known() -> bool:
    try:
        return bool(current_user.is_authenticated)
    except Exception:  # the database is away: treat the page as private
        return True
