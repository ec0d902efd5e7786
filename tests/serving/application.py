"""A bare application to serve: it says what it was given, takes its time, or answers at length."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterable
from typing import IO
from urllib.parse import parse_qs

from serving import ARRIVED_AT

PIECE = 256 * 1024


def app(environ, start_response) -> Iterable[bytes]:
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    time.sleep(float(asked.get("seconds", 0)))
    size = len(environ["wsgi.input"].read())
    if "file" in asked:
        length = int(asked["file"])
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(length))])
        return environ["wsgi.file_wrapper"](_file(length, asked["on"]), PIECE)
    if "bytes" in asked:
        said = b"0" * int(asked["bytes"])
    else:
        declared = environ.get("CONTENT_LENGTH", "")
        said = f"{environ[ARRIVED_AT]!r} {size} {declared}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return (said[at : at + PIECE] for at in range(0, len(said), PIECE))  # as a file is sent


def _file(length: int, on: str) -> IO[bytes]:
    """Of zeros, which take no room on the disk."""
    if on == "memory":
        return io.BytesIO(bytes(length))
    file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    file.truncate(length)
    return file
