"""What is on record of a project's applications for an extension, as plain values: for the command line."""

from __future__ import annotations

from typing import Any

from app.continuation.drafting import of_project
from app.projects.models import Project


def extension_of(project: Project) -> list[dict[str, Any]]:
    """Its applications, the newest first; of one that was never submitted the state alone."""
    return [
        {
            "state": it.state,
            "due_on": it.due_on.isoformat(),
            "submitted_at": it.submitted_at.isoformat() if it.submitted_at else None,
            "years_certified": it.years,
            "decided_at": it.decided_at.isoformat() if it.decided_at else None,
        }
        for it in of_project(project)
    ]
