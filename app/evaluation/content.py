"""All that is published of a meeting as one plain value: the page of everybody, the print and the preview are drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.evaluation.form import REMARKS, TO_FUTURE, TO_RESULTS
from app.evaluation.models import Evaluation, EvaluationMeeting, EvaluationRow
from app.kpis.models import Kpi
from app.lifecycle.evaluation import LOOKED_AT, RESPONDED
from app.projects.models import Project, ProjectApplicant
from app.questions.models import Response

SCHEMA = 1


def content_of(meeting: EvaluationMeeting, at: datetime) -> dict[str, Any]:
    """As it stands at `at`, in the order of the published list of projects."""
    return {
        "schema": SCHEMA,
        "as_of": at.isoformat(),
        "meeting": {
            "name": meeting.name,
            "fiscal_year": meeting.fiscal_year,
            "held_on": meeting.held_on.isoformat(),
            "place": meeting.place,
            "online": meeting.online,
            "remarks": meeting.answered.value_of(REMARKS),
        },
        "members": [
            {key: member.get(key) or "" for key in ("name", "post", "organisation", "part")}
            for member in meeting.members
        ],
        "projects": [_project(it, meeting.fiscal_year) for it in evaluations_of(meeting)],
    }


def evaluations_of(meeting: EvaluationMeeting) -> list[Evaluation]:
    """The projects that it looks at, with all that was recorded of them."""
    query = (
        select(Evaluation)
        .join(Evaluation.project)
        .where(Evaluation.meeting_id == meeting.id, LOOKED_AT.of(Evaluation))
        .options(
            joinedload(Evaluation.project).options(
                joinedload(Project.call),
                selectinload(Project.applicants).joinedload(ProjectApplicant.organisation),
            ),
            selectinload(Evaluation.rows).joinedload(EvaluationRow.kpi).selectinload(Kpi.actuals),
            joinedload(Evaluation.answered).options(
                joinedload(Response.version), selectinload(Response.answers)
            ),
        )
        .order_by(Project.lead_code, Project.number, Project.id)
    )
    return list(db.session.scalars(query).unique())


def _project(evaluation: Evaluation, fiscal_year: int) -> dict[str, Any]:
    project = evaluation.project
    return {
        "number": project.number,
        "title": project.shown_title,
        "bodies": [body.full_name for body in project.bodies],
        "rows": [row_of(row, fiscal_year) for row in rows_of(evaluation)],
        "response": response_of(evaluation),
        "due_on": evaluation.due_on.isoformat() if evaluation.due_on else None,
    }


def rows_of(evaluation: Evaluation) -> list[EvaluationRow]:
    """What is shown of it: each indicator, and what else was graded or spoken of."""
    return [row for row in evaluation.rows if row.says_something or row.kpi_id]


def groups_of(rows: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows of each initiative together, in their order; the project as a whole has no name."""
    return [(name, list(found)) for name, found in groupby(rows, key=lambda it: it["initiative"])]


def response_of(evaluation: Evaluation) -> dict[str, Any] | None:
    """What was sent; None as long as nothing was, also while something is being written."""
    if evaluation not in RESPONDED:
        return None
    assert evaluation.answered is not None and evaluation.responded_at is not None  # the database says so
    return {
        "to_results": evaluation.answered.value_of(TO_RESULTS),
        "to_future": evaluation.answered.value_of(TO_FUTURE),
        "at": evaluation.responded_at.isoformat(),
    }


def row_of(row: EvaluationRow, fiscal_year: int) -> dict[str, Any]:
    kpi = row.kpi
    actual = kpi.actual_of(fiscal_year) if kpi else None
    return {
        "item": row.item,
        "initiative": row.initiative,
        "indicator": row.name,
        "class": kpi.category if kpi else "",
        "baseline": kpi.baseline_raw if kpi else "",
        "baseline_fy": kpi.baseline_fy if kpi else None,
        "actual": actual.raw if actual else "",
        "target": kpi.target_raw if kpi else "",
        "target_fy": kpi.target_fy if kpi else None,
        "grade": row.grade,
        "on_results": row.on_results,
        "on_future": row.on_future,
    }
