"""How much a request may carry, by what its route takes; told before any of it is read.

A route that takes a file says so by `@takes_files`. All others take what their forms allow and no more: the
longest form of a signed-in person (a call with its questions and criteria, an answer four times too long) fits into
SIGNED_IN however its letters are encoded, and the longest that a stranger fills in (a member's answer) into ANONYMOUS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, request

from app.permissions import PUBLIC
from app.web.access import declared_permission
from app.web.kept import whose

KIBIBYTE = 1024
ANONYMOUS = 64 * KIBIBYTE
SIGNED_IN = 1024 * KIBIBYTE
LONGEST_ADDRESS = 16 * KIBIBYTE  # path and parameters; a page repeats its address
MOST_PARAMETERS = 1000
FIELDS_OF_STRANGERS = 100
FIELDS = 4000  # a director approves every letter of a year at once, each with what was shown of it


def takes_files(view: Callable) -> Callable:
    """Declare that a route takes files, and so a body as large as MAX_CONTENT_LENGTH."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def limit() -> None:
    """Before each request, and before anything reads its body: how large it may be."""
    request.max_content_length = body_limit(request.endpoint)
    request.max_form_memory_size = SIGNED_IN  # of a form with files: what is not in them
    request.max_form_parts = FIELDS_OF_STRANGERS if request.max_content_length == ANONYMOUS else FIELDS
    query = request.query_string
    if len(request.path.encode()) + len(query) > LONGEST_ADDRESS or query.count(b"&") >= MOST_PARAMETERS:
        abort(414)
    if (request.content_length or 0) > request.max_content_length:
        abort(413)  # also where the route would not have read it


def body_limit(endpoint: str | None) -> int:
    """Bytes that this request may carry to `endpoint`."""
    if endpoint is None or declared_permission(current_app, endpoint) == PUBLIC:
        return ANONYMOUS
    if _takes_files(endpoint) and request.mimetype == "multipart/form-data" and whose() is not None:
        return int(current_app.config["MAX_CONTENT_LENGTH"])
    return SIGNED_IN


def _takes_files(endpoint: str) -> Any:
    return getattr(current_app.view_functions[endpoint], "takes_files", False)
