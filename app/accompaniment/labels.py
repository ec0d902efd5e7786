"""What kinds of entries and obstacles are called, and those who act, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from app.accompaniment.models import (
    ADVICE,
    CALL,
    OF_BODY,
    OF_MINISTRY,
    OF_OFFICE,
    OTHER,
    REGULATORY,
    TECHNICAL,
    VISIT,
)
from app.explained import N_

ENTRY_LABELS = {
    VISIT: N_("Visit"),
    CALL: N_("Telephone or online"),
    ADVICE: N_("Advice"),
    OTHER: N_("Something else"),
}
OBSTACLE_LABELS = {
    REGULATORY: N_("Regulatory"),
    TECHNICAL: N_("Technical"),
    OTHER: N_("Something else"),
}
SIDE_LABELS = {
    OF_OFFICE: N_("Cabinet Office"),
    OF_BODY: N_("Local government"),
    OF_MINISTRY: N_("A ministry"),
}


def entry_kind(name: str) -> str:
    return _(ENTRY_LABELS.get(name, name))


def obstacle_kind(name: str) -> str:
    return _(OBSTACLE_LABELS.get(name, name))


def side(name: str) -> str:
    return _(SIDE_LABELS.get(name, name))


def in_words(labels: dict[str, str]) -> dict[str, str]:
    """For the choices of a field or filter."""
    return {name: _(label) for name, label in labels.items()}
