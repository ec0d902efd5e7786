from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import joinedload, selectinload

from app.continuation.models import Continuation
from app.projects.lists import BODIES
from app.projects.models import Project
from app.questions.models import Response

continuation = Blueprint("continuation", __name__)
PROJECT = joinedload(Continuation.project).options(
    joinedload(Project.call), joinedload(Project.application), BODIES
)
ANSWERS = joinedload(Continuation.answered).options(
    joinedload(Response.version),
    selectinload(Response.answers),
    selectinload(Response.frozen),
    selectinload(Response.files),
)
WHOLE = (PROJECT, ANSWERS)
