"""What can be changed of a project, as it is called and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.changing.models import ASPECTS, CONTENT, TECHNOLOGIES, TITLE, YEARS

LABELS = {
    TITLE: _l("Project title"),
    TECHNOLOGIES: _l("Main technologies"),
    CONTENT: _l("Plan or content"),
    YEARS: _l("Years of the extension"),
}


def shown_changes(changes: Mapping[str, list[Any]]) -> list[tuple[str, str, str]]:
    """(what, from, to) of each aspect, in the reader's language, in the order of the form."""
    return [
        (str(LABELS[aspect]), _shown(changes[aspect][0]), _shown(changes[aspect][1]))
        for aspect in ASPECTS
        if aspect in changes
    ]


def in_japanese(changes: Mapping[str, list[Any]]) -> list[tuple[str, str, str]]:
    with force_locale("ja"):
        return shown_changes(changes)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(value) or _("None")
    return str(value) if value != "" else _("None")
