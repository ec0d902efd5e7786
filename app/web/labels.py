"""What the fields of our forms are called, for pages that know their names alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField
from wtforms import Form as PlainForm

BUTTONS = {"add", "for_now", "next"}  # that say by their name what is to be done with the form


def labelled(entries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Entries of a form (name, value) as (label, value), without what nobody typed: hidden fields, pressed buttons."""
    labels, ticks, found = _labels(HiddenField), _labels(but=BooleanField), []
    for name, value in entries:
        field = name.rpartition("-")[2]  # of a row: questions-0-label
        called = labels.get(field)
        if called or (called is None and len(value) > 1 and name not in BUTTONS):
            label = next(iter(called)) if called and len(called) == 1 else _("Entry")
            found.append((label, _("Yes") if called and not ticks.get(field) and value == "y" else value))
    return found


def _labels(but: type[Any]) -> dict[str, set[str]]:
    """The name of a field → what the forms that have one call it; nothing for a field of the kind `but`."""
    labels: dict[str, set[str]] = {}
    for form in _with_descendants(PlainForm):
        for name, field in vars(form).items():
            kind = getattr(field, "field_class", None)
            if kind:
                label = field.args[0] if field.args else field.kwargs.get("label", "")
                seen = label and not issubclass(kind, but)
                labels.setdefault(name, set()).update({str(label)} if seen else ())
    return labels


def _with_descendants(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from _with_descendants(child)
