"""A bare application to serve: it says what it was given, takes its time, or answers at length."""

from __future__ import annotations

import time
from collections.abc import Iterable
from urllib.parse import parse_qs

from serving import ARRIVED_AT

PIECE = 256 * 1024


def app(environ, start_response) -> Iterable[bytes]:
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    time.sleep(float(asked.get("seconds", 0)))
    size = len(environ["wsgi.input"].read())
    if "bytes" in asked:
        said = b"0" * int(asked["bytes"])
        assert "wsgi.file_wrapper" not in environ, "a file would be read as slowly as its reader does"
    else:
        declared = environ.get("CONTENT_LENGTH", "")
        said = f"{environ[ARRIVED_AT]!r} {size} {declared}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return (said[at : at + PIECE] for at in range(0, len(said), PIECE))  # as a file is sent
