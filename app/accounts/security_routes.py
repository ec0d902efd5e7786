"""The page of the security log: for administrators and directors, filtered and exported like any list."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.accounts.lists import security_list
from app.accounts.routes import accounts
from app.security import KEPT_FOR_YEARS
from app.web.access import actor, needs


@accounts.get("/security")
@needs("security.read")
def security_log() -> ResponseReturnValue:
    """Who came in or tried to, who was refused, who read what is not announced, who changed seats."""
    return security_list(actor(), request.args).response(
        "accounts/security_log.html", filename="security", years=KEPT_FOR_YEARS
    )
