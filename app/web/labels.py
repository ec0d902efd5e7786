"""What the fields of our forms are called, for pages that know their names alone.

A kept entry comes back as (name, value) of an address. The address tells the context, the names tell which of its
forms it was, and the form tells the labels. Forms that are made for one record (a call's question) have labels of
their own: their routes say them with `names_entries`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm

from app.db import db

BUTTONS = {"add", "for_now", "next"}  # that say by their name what is to be done with the form

Asked = Callable[..., dict[str, Any]]
_asked: dict[str, Asked] = {}


def names_entries(endpoint: str) -> Callable[[Asked], Asked]:
    """Declare what the entries of `endpoint` are called: its view's arguments → name → label, or (label,
    kind of field). The rows of a table are named as `table-#-column`.
    """

    def declare(tell: Asked) -> Asked:
        _asked[endpoint] = tell
        return tell

    return declare


def labelled(entries: Iterable[tuple[str, str]], url: str | None = None) -> list[tuple[str, str]]:
    """Entries sent to `url` (default: this request's) as (label, value), without what nobody typed.

    Hidden fields and pressed buttons were not typed. What has no label known here is shown all the same.
    """
    entries = list(entries)
    endpoint, arguments = _target(url)
    own = _told_by_route(endpoint, arguments)
    fields = _fields_of(_module(endpoint), [name for name, _value in entries])
    found = []
    for name, value in entries:
        if not value:
            continue
        label, kind = fields.get(_pattern(name), ("", None))
        by_route = own.get(name, own.get(_pattern(name)))
        label, kind = (
            (label, kind)
            if by_route is None
            else by_route
            if isinstance(by_route, tuple)
            else (by_route, None)
        )
        if _was_typed(name, value, label, kind):
            ticked = kind is not None and issubclass(kind, BooleanField) and value == "y"
            found.append((str(label) or _("Entry"), _("Yes") if ticked else value))
    return found


def _was_typed(name: str, value: str, label: Any, kind: type | None) -> bool:
    if kind is not None and issubclass(kind, HiddenField):
        return False
    return bool(label) or kind is not None or (name not in BUTTONS and len(value) > 1)


def _target(url: str | None) -> tuple[str, dict[str, Any]]:
    if url is None:
        return request.endpoint or "", request.view_args or {}
    try:
        path = urlsplit(url).path
        return current_app.url_map.bind("", script_name="/").match(path, method="POST")  # type: ignore[return-value]
    except HTTPException:
        return "", {}


def _told_by_route(endpoint: str, arguments: dict[str, Any]) -> dict[str, Any]:
    if endpoint not in _asked:
        return {}
    try:
        return _asked[endpoint](**arguments)
    except (SQLAlchemyError, HTTPException):  # a page about a database that is away, or a record that is gone
        db.session.rollback()
        return {}


def _module(endpoint: str) -> str:
    """The context whose route this is: app.applications."""
    view = current_app.view_functions.get(endpoint)
    return ".".join(view.__module__.split(".")[:2]) if view else ""


def _fields_of(context: str, names: Iterable[str]) -> dict[str, tuple[Any, type]]:
    """The fields of the form that most of `names` belong to, one of the `context` before all others."""
    patterns = {_pattern(name) for name in names}
    best: tuple[tuple[int, bool, int], dict[str, tuple[Any, type]]] = ((0, False, 0), {})
    for form in _forms():
        fields = _fields(form)
        known = len(patterns & fields.keys())
        rank = (known, form.__module__.startswith(f"{context}."), -len(fields))
        if known and rank > best[0]:
            best = rank, fields
    return best[1]


def _forms() -> Iterator[Any]:
    """Every form that a module names. One made within a function is gone as soon as nobody holds it."""
    for form in _with_descendants(PlainForm):
        if getattr(sys.modules.get(form.__module__), form.__name__, None) is form:
            yield form


@cache
def _fields(form: Any) -> dict[str, tuple[Any, type]]:
    """Pattern of the name (questions-#-label) → label and kind of the field."""
    found: dict[str, tuple[Any, type]] = {}
    for name in dir(form):
        field = getattr(form, name)
        kind = getattr(field, "field_class", None)
        if kind is None:
            continue
        if issubclass(kind, FieldList) and field.args:
            row = field.args[0]
            if issubclass(row.field_class, FormField):
                found.update({f"{name}-#-{key}": label for key, label in _fields(row.args[0]).items()})
        else:
            found[name] = (field.args[0] if field.args else field.kwargs.get("label", ""), kind)
    return found


def _pattern(name: str) -> str:
    return re.sub(r"-\d+(?=-|$)", "-#", name)


def _with_descendants(kind: type[Any]) -> Iterator[Any]:
    for child in kind.__subclasses__():
        yield child
        yield from _with_descendants(child)
