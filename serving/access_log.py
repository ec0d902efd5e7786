"""The access log without the tokens of one-time links: whoever reads it must not be able to use them."""

from __future__ import annotations

import re
from typing import Any

from gunicorn.glogging import Logger

_TOKEN = re.compile(r"((?:/|%2F)(?:password|c)(?:/|%2F))[A-Za-z0-9_-]{20,}", re.IGNORECASE)


class AccessLog(Logger):
    """They stand in the address of their page, and in the Referer of what that page asks for."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found = super().atoms(resp, req, environ, request_time)
        return {
            name: _TOKEN.sub(r"\1…", value) if isinstance(value, str) else value
            for name, value in found.items()
        }
