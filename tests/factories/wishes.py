"""Wishes for the time after support."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.db import db
from app.organisations.models import Organisation
from app.projects.models import Project
from app.questions import answering
from app.wishes import operations
from app.wishes.form import MAGAZINE, OF_A_WISH, WISHES, YES, meant
from app.wishes.models import Wish
from tests.factories.applications import holder
from tests.factories.projects import project as a_project


def wish(
    project: Project | None = None,
    body: Organisation | None = None,
    *,
    at: datetime | None = None,
    **answers: Any,
) -> Wish:
    """What a body of the project, its lead unless another is given, has said; whenever support ends."""
    at, project = at or calendar.now(), project or a_project()
    body = body or project.lead
    made = operations.open_wish(project, body, at=at)
    answers = {MAGAZINE: YES, **answers}
    editor = holder("municipality_editor", body)
    answering.save_section(made.answered, WISHES, answers, version=0, about=made, actor=editor, at=at)
    for name in OF_A_WISH:
        setattr(made, name, meant(made.answered.value_of(name)))
    made.said_at = at
    db.session.flush()
    return made
