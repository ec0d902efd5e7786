"""The obstacles of a project, for what tells all of it to machines and reports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accompaniment.models import Obstacle
from app.db import db
from app.lifecycle.obstacle import OUTSTANDING
from app.projects.models import Project


def obstacles_of(project: Project) -> Sequence[Obstacle]:
    """All of them: first the outstanding ones by their day, then those settled last. The caller asks who may see them."""
    query = select(Obstacle).where(Obstacle.project_id == project.id).options(joinedload(Obstacle.ministry))
    found = db.session.scalars(query.order_by(Obstacle.due_on, Obstacle.id)).all()
    outstanding = [it for it in found if it in OUTSTANDING]
    settled = [it for it in found if it not in OUTSTANDING]
    return [*outstanding, *sorted(settled, key=lambda it: (it.settled_at, it.id), reverse=True)]
