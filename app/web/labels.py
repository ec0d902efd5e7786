"""What the fields of our forms are called, for pages that know their names alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from wtforms import Form as PlainForm
from wtforms import HiddenField


def labelled(entries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Entries of a form (name, value) as (label, value), without what nobody typed: hidden fields, pressed buttons."""
    labels, found = _labels(), []
    for name, value in entries:
        called = labels.get(name.rpartition("-")[2])  # of a row: questions-0-label
        if called or (called is None and len(value) > 1):
            found.append((next(iter(called)) if called and len(called) == 1 else _("Entry"), value))
    return found


def _labels() -> dict[str, set[str]]:
    """The name of a field → what the forms that have one call it; nothing for a hidden field."""
    labels: dict[str, set[str]] = {}
    for form in _with_descendants(PlainForm):
        for name, field in vars(form).items():
            kind = getattr(field, "field_class", None)
            if kind:
                label = field.args[0] if field.args else field.kwargs.get("label", "")
                seen = label and not issubclass(kind, HiddenField)
                labels.setdefault(name, set()).update({str(label)} if seen else ())
    return labels


def _with_descendants(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from _with_descendants(child)
