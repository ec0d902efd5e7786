"""The lifecycle for templates: which moves are open to whoever reads."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from app import calendar
from app.lifecycle import Move, open_moves
from app.web.access import actor_or_none


def moves_open_to(record: Any, among: Container[str], **known: Any) -> list[Move]:
    """The moves, of those named, that whoever reads may make on `record` now."""
    who = actor_or_none()
    return open_moves(record, who, at=calendar.now(), among=among, **known) if who else []


def move_is_open(record: Any, name: str, **known: Any) -> bool:
    return bool(moves_open_to(record, (name,), **known))
