"""What everybody reads of evaluation meetings: as it was frozen when it was published."""

from __future__ import annotations

from datetime import date

from flask import abort, render_template

from app.evaluation.blueprint import evaluation
from app.evaluation.content import groups_of
from app.evaluation.lists import publication_of, publications
from app.web.access import needs
from app.web.everybodys import same_for_everybody
from app.web.records import LARGEST_ID


@evaluation.get("/published-evaluations")
@needs("public")
@same_for_everybody
def published() -> str:
    """The meetings whose evaluation is published, the latest first."""
    return render_template("evaluation/published.html", meetings=publications())


@evaluation.get("/published-evaluations/<int:meeting_id>")
@needs("public")
@same_for_everybody
def published_meeting(meeting_id: int) -> str:
    """Who took part, what was graded and said of each project, and what its local government answered."""
    found = publication_of(meeting_id) if meeting_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return render_template(
        "evaluation/published_meeting.html",
        publication=found,
        content=found.content,
        groups_of=groups_of,
        held_on=date.fromisoformat(found.content["meeting"]["held_on"]),
    )
