"""What a browser sends, without what no keyboard types: before any page, form or query sees it.

PostgreSQL takes no NUL in a text, and a page with a control character or a non-character in it is not HTML.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict, iter_multi_items

_NOT_TYPED = dict.fromkeys(
    (
        *(code for code in range(0xA0) if (code < 0x20 and chr(code) not in "\t\n\r") or code >= 0x7F),
        *range(0xD800, 0xE000),
        *range(0xFDD0, 0xFDF0),
        *(plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
    )
)


def typed(text: str) -> str:
    """`text` without control characters (tabs and line ends stay), surrogates and non-characters."""
    return text.translate(_NOT_TYPED)


class Entries(ImmutableMultiDict):
    """The parameters of an address or the entries of a form."""

    def __init__(self, mapping: Any = None) -> None:
        items = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__(MultiDict((_typed(name), _typed(value)) for name, value in items))


class TypedRequest(Request):
    parameter_storage_class = Entries


def _typed(value: Any) -> Any:
    return typed(value) if isinstance(value, str) else value
