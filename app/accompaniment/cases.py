"""What the history speaks of entries and obstacles: told as of their project."""

from __future__ import annotations

from collections.abc import Iterator

from app.accompaniment.models import LogEntry, Obstacle
from app.actors import Actor
from app.organisations.models import Organisation
from app.permissions import reach_of
from app.projects.cases import with_lead
from app.projects.models import Project
from app.web.changes import Spoken, spoken_of


def changes(actor: Actor) -> Iterator[Spoken]:
    """Those within this person's reach, by the lead of their project."""
    if actor.may("project.list"):
        for model in (LogEntry, Obstacle):
            query = with_lead(actor).join(model, model.project_id == Project.id)
            seen = reach_of(model.kind, actor).finds(model, actor)
            yield spoken_of(query.where(seen), model, Project, name=Organisation.full_name)
