"""What the history speaks of evaluations: told as of their project."""

from __future__ import annotations

from collections.abc import Iterator

from app.actors import Actor
from app.evaluation.models import Evaluation
from app.organisations.models import Organisation
from app.permissions import reach_of
from app.projects.cases import with_lead
from app.projects.models import Project
from app.web.changes import Spoken, spoken_of


def changes(actor: Actor) -> Iterator[Spoken]:
    """Those within this person's reach, by the lead of their project."""
    if actor.may("evaluation.view"):
        query = with_lead(actor).join(Evaluation, Evaluation.project_id == Project.id)
        seen = reach_of(Evaluation.kind, actor).finds(Evaluation, actor)
        yield spoken_of(query.where(seen), Evaluation, Project, name=Organisation.full_name)
