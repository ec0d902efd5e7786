"""The last look at what leaves by a page, a list, an answer in JSON or the log: neutral, whatever the database holds.

Texts are kept neutral (app/db.py); what was written before that, or past it, must not turn the words of a page around
either. What a hash was taken of leaves as it is: an attachment, a submission, a letter, a mail as it was sent.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider

from app.lines import neutral_in, one_line

# Directions and the separators U+2028 and U+2029 (app/lines.py), as they are written in UTF-8: three patterns that each
# begin with fixed bytes are looked for in 0.05 ms a page, one of all of them takes five times that …
_IN_TEXT = [re.compile(it) for it in (rb"\xe2\x80[\x8e\x8f\xa8-\xae]", rb"\xe2\x81[\xa6-\xa9]", rb"\xd8\x9c")]
# … and in the name of a file to keep.
_IN_NAME = re.compile("%(?:E2%(?:80%(?:8[EF]|A[89A-E])|81%A[6-9])|D8%9C)")
_TEXTS = ("text/html", "text/csv", "text/plain")


class NeutralJSON(DefaultJSONProvider):
    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return super().dumps(neutral_in(obj), **kwargs)


class LogLine(logging.LogRecord):
    """What we say of something is one line of the log: nobody's words can make up another."""

    def getMessage(self) -> str:  # noqa: N802 (the name is logging's)
        message = super().getMessage()
        return one_line(message) if self.name.partition(".")[0] == "app" else message


def init_app(app: Flask) -> None:
    logging.setLogRecordFactory(LogLine)
    app.json = NeutralJSON(app)
    app.after_request(_neutral)


def _neutral(response: Response) -> Response:
    if response.mimetype in _TEXTS and not (response.direct_passthrough or response.is_streamed):
        content = response.get_data()
        found = [pattern for pattern in _IN_TEXT if pattern.search(content)]
        for pattern in found:
            content = pattern.sub(b"", content)
        if found:
            response.set_data(content)
    named = response.headers.get("Content-Disposition")
    if named and _IN_NAME.search(named):
        response.headers["Content-Disposition"] = _IN_NAME.sub("", named)
    return response
