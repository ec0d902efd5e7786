"""My tasks (being put together)."""

from __future__ import annotations

import importlib

from app.web.tasks import by_due_date


def tasks_of(actor, at):
    found = []
    for context in ("applications", "selection", "projects", "councils", "correspondence"):
        try:
            module = importlib.import_module(f"app.{context}.tasks")
        except (ImportError, AttributeError):
            continue
        found += module.tasks(actor, at)
    return by_due_date(found)
