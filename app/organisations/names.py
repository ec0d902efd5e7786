"""How several bodies are named together."""

from __future__ import annotations

from collections.abc import Iterable

from app.organisations.models import Organisation


def named_together(bodies: Iterable[Organisation]) -> str:
    """北海道、岩見沢市、更別村: the prefecture is said where the body before is not of the same one."""
    names, prefecture = [], ""
    for body in bodies:
        names.append(body.name if body.prefecture == prefecture else body.full_name)
        prefecture = body.prefecture
    return "、".join(names)
