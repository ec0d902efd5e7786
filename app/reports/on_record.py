"""The reports of a project as plain values, for machines and other contexts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import db
from app.projects.models import Project
from app.reports.models import SUBMISSIONS, Report


def reports_of(project: Project) -> list[dict[str, Any]]:
    """In the order of their years. The hash is that of what was handed in last."""
    query = (
        select(Report)
        .where(Report.project_id == project.id)
        .options(joinedload(Report.answered), SUBMISSIONS)
    )
    found = db.session.scalars(query.order_by(Report.fiscal_year)).unique()
    return [
        {
            "fiscal_year": it.fiscal_year,
            "kind": it.report_kind,
            "state": it.state,
            "due_at": it.due_at.isoformat(),
            "submitted_at": it.submitted_at.isoformat() if it.submitted_at else None,
            "accepted_at": it.accepted_at.isoformat() if it.accepted_at else None,
            "sha256": it.last_submission.sha256 if it.last_submission else None,
        }
        for it in found
    ]
