"""The forms that a programme's meetings answer, begun when they are first needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db, held
from app.evaluation.form import FINDINGS, MEETING, RESPONSE, findings_form, meeting_form, response_form
from app.evaluation.models import EvaluationForm
from app.permissions import SYSTEM
from app.programmes.models import Programme
from app.questions import answering, publishing
from app.questions.models import Response

FORMS = {
    MEETING: ("効果検証会議", meeting_form),
    FINDINGS: ("効果検証会議による評価", findings_form),
    RESPONSE: ("評価に対する回答", response_form),
}


def begun(part: str, programme: Programme, *, about: Any, organisation: Any = None, at: datetime) -> Response:
    """A response without answers to one of the forms of this programme."""
    version = _form_of(part, programme, at=at).template.published
    assert version is not None, "a form is published when it is begun"
    return answering.start(version, about=about, organisation=organisation, at=at)


def _form_of(part: str, programme: Programme, *, at: datetime) -> EvaluationForm:
    query = select(EvaluationForm).where(
        EvaluationForm.programme_id == programme.id, EvaluationForm.part == part
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        held(programme)  # of two who come first, one begins the form
        found = db.session.scalars(query).one_or_none()
    if found is None:
        title, definition = FORMS[part]
        template = publishing.begin_form(title, definition(), at=at)
        db.session.flush()
        publishing.publish(template, actor=SYSTEM, at=at)
        found = EvaluationForm(programme_id=programme.id, part=part, template=template, created_at=at)
        db.session.add(found)
        db.session.flush()
    return found
