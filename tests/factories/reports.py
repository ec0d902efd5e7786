"""Reports of a project's year in any state, brought there through the operations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app import calendar
from app.db import db
from app.permissions import APPROVER, EDITOR, OFFICER
from app.projects.models import Project
from app.reports import asking, checking, submission
from app.reports.models import Report
from tests.factories.answers import given
from tests.factories.applications import holder
from tests.factories.projects import project as new_project

_WAY: dict[str, tuple[str, ...]] = {
    "requested": (),
    "with_approver": ("hand_over",),
    "submitted": ("submit",),
    "returned": ("submit", "return"),
    "accepted": ("submit", "accept"),
}


def report(
    state: str = "requested",
    *,
    project: Project | None = None,
    fiscal_year: int = 2022,
    complete: bool = True,
    defects: dict[str, str] | None = None,
    at: datetime | None = None,
) -> Report:
    """A complete report in `state`; its lead has an editor and an approver. complete=False: as it was asked for."""
    at = at or calendar.now()
    made = asking.ask(project or new_project(), fiscal_year, actor=holder(OFFICER), at=at)
    lead = made.project.lead
    editor, approver = holder(EDITOR, lead), holder(APPROVER, lead)
    if complete:
        fill(made, at=at)
    for name in _WAY[state]:
        if name == "hand_over":
            submission.hand_over(made, actor=editor, at=at)
        elif name == "submit":
            submission.submit(made, actor=approver, at=at)
        elif name == "accept":
            checking.accept(made, actor=holder(OFFICER), at=at)
        else:
            checking.return_for_correction(
                made,
                defects=defects or {"results": "成果を数値でお書きください。"},
                due_at=at + timedelta(days=7),
                actor=holder(OFFICER),
                at=at,
            )
    db.session.flush()
    return made


def fill(report: Report, *, at: datetime, **values: Any) -> None:
    """Every section, so that nothing is missing; `values` by the keys of their questions."""
    answers = {**given(report.answered.form), **values}
    for section in report.answered.form.sections:
        entered = {
            it.key: answers[it.key] for it in section.questions if it.key in answers and it.kind != "table"
        }
        if entered:
            submission.save(
                report,
                section.key,
                entered,
                version=report.answered.version_of(section.key),
                actor=holder(EDITOR, report.project.lead),
                at=at,
            )
