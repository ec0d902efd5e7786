"""What is on record of a project's change requests, as plain values: for the command line."""

from __future__ import annotations

from typing import Any

from app.changing.operations import of_project
from app.projects.models import Project


def changes_of(project: Project) -> list[dict[str, Any]]:
    """Those that were submitted, the newest first."""
    return [
        {
            "state": it.state,
            "changes": it.changes,
            "reason": it.reason,
            "submitted_at": it.submitted_at.isoformat(),
            "decided_at": it.decided_at.isoformat() if it.decided_at else None,
        }
        for it in of_project(project)
        if it.submitted_at
    ]
