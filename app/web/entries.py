"""What a browser sends, without what no keyboard types: before any page, form or query sees it.

PostgreSQL takes no NUL in a text, and a page with a control character or a non-character in it is not HTML.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict, iter_multi_items

from app.lines import typed


class Entries(ImmutableMultiDict):
    """The parameters of an address or the entries of a form."""

    def __init__(self, mapping: Any = None) -> None:
        items = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__(MultiDict((_typed(name), _typed(value)) for name, value in items))


class TypedRequest(Request):
    parameter_storage_class = Entries


def _typed(value: Any) -> Any:
    return typed(value) if isinstance(value, str) else value
