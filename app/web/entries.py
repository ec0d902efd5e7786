"""What a browser sends, without what no keyboard types: before any page, form or query sees it.

PostgreSQL takes no NUL in a text, and a page with a control character or a non-character in it is not HTML.
"""

from __future__ import annotations

import io
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict, iter_multi_items
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from app.lines import typed
from app.storage import Incoming, storage

IN_MEMORY = 64 * 1024  # bytes
MOST_FILES = 60  # in one request: each is open until it is answered


class Entries(ImmutableMultiDict):
    """The parameters of an address or the entries of a form."""

    def __init__(self, mapping: Any = None) -> None:
        items = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__(MultiDict((_typed(name), _typed(value)) for name, value in items))


class CountingParser(FormDataParser):
    """Counts the entries of a plain form too: Werkzeug does it for those with files alone."""

    def _parse_urlencoded(self, stream: Any, mimetype: str, content_length: int | None, options: Any) -> Any:
        sent = stream.read()
        if self.max_form_parts is not None and sent.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(io.BytesIO(sent), mimetype, len(sent), options)


class TypedRequest(Request):
    parameter_storage_class = Entries
    form_data_parser_class = CountingParser

    files_sent = 0

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> Any:
        """A file goes to the disk as it comes in, where the storage can keep it without copying it again.

        What comes in a small request stays in memory: strangers send no others, and nothing of them touches the storage.
        """
        self.files_sent += 1
        if self.files_sent > MOST_FILES:
            raise RequestEntityTooLarge
        is_small = total_content_length is not None and total_content_length <= IN_MEMORY
        return Incoming.of(b"") if is_small or not filename else storage().incoming()


def _typed(value: Any) -> Any:
    return typed(value) if isinstance(value, str) else value
