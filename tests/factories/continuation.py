"""Applications for an extension, in any state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app import calendar
from app.continuation import deciding, drafting, handing_in
from app.continuation.models import Continuation
from app.db import db
from app.lifecycle.continuation import DECIDED, TO_DECIDE
from app.organisations.models import Organisation
from app.permissions import APPROVER, DIRECTOR, EDITOR, OFFICER
from app.projects.models import Project
from app.questions.kind import Upload
from tests.factories.applications import holder
from tests.factories.programmes import call
from tests.factories.projects import project as new_project

ANSWERS: dict[str, dict[str, Any]] = {
    "reasons": {"years": "2年間", "reasons": "実装の範囲を市域の全体に広げるためです。"},
    "results": {"results": "3路線で実証を行い、利用者は月1,200人でした。"},
    "plan": {
        "plan": "残る2路線で実装します。",
        "plan-by-year": [{"year": "令和5年度", "what": "4路線での運行"}],
        "afterwards": "運賃の収入と市の予算で続けます。",
    },
    "files": {"files": [Upload("路線図.pdf", b"%PDF-1.7\n%%EOF\n")]},
    "targets": {"targets": [{"name": "利用者", "now": "1,200人", "target": "5,000人", "year": "令和6年度"}]},
}


def extendable_project(
    body: Organisation | None = None, at: datetime | None = None, **values: Any
) -> Project:
    """In its last base year, with two further years on offer until the end of it."""
    fiscal_year = calendar.fiscal_year(at or calendar.now())
    offers = call(
        selection_fy=fiscal_year - 2,
        base_years=3,
        extension_years=2,
        extension_due_on=calendar.fiscal_year_end(fiscal_year),
        state="announced",
    )
    opened_on = calendar.fiscal_year_start(fiscal_year - 2)
    return new_project([body] if body else (), call=offers, opened_on=opened_on, **values)


def filled(made: Continuation, at: datetime, **sections: dict[str, Any]) -> Continuation:
    """With an answer to everything that is required."""
    editor = holder(EDITOR, made.project.lead)
    for key, values in {**ANSWERS, **sections}.items():
        drafting.save(made, key, values, version=made.answered.version_of(key), actor=editor, at=at)
    return made


def continuation(
    body: Organisation | None = None,
    *,
    state: str = "drafted",
    project: Project | None = None,
    words: str = "実装の計画が具体的であるため",
    at: datetime | None = None,
) -> Continuation:
    at = at or calendar.now()
    project = project or extendable_project(body, at)
    lead = project.lead
    editor, approver = holder(EDITOR, lead), holder(APPROVER, lead)
    made = filled(drafting.start(project, actor=editor, at=at), at)
    if state not in ("drafted", "withdrawn"):
        handing_in.hand_over(made, actor=editor, at=at)
        handing_in.submit(made, actor=approver, at=at)
    if state == "withdrawn":
        handing_in.withdraw(made, reason=words, actor=approver, at=at)
    if state == "returned":
        due_on = min(calendar.day_of(at) + timedelta(days=14), project.ends_on)
        deciding.return_for_correction(made, defects=words, due_on=due_on, actor=holder(OFFICER), at=at)
    if state in (*TO_DECIDE, *DECIDED):
        deciding.check(made, opinion=words, actor=holder(OFFICER), at=at)
    if state == "certified":
        deciding.certify(made, years=2, remark=words, actor=holder(DIRECTOR), at=at)
    if state == "refused":
        deciding.refuse(made, reason=words, actor=holder(DIRECTOR), at=at)
    db.session.flush()
    return made
