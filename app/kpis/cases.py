"""What the history speaks of indicators: told as of the project that they are of."""

from __future__ import annotations

from collections.abc import Iterator

from app.actors import Actor
from app.kpis.models import Kpi
from app.organisations.models import Organisation
from app.projects.cases import with_lead
from app.projects.models import Project
from app.web.changes import Spoken, spoken_of


def changes(actor: Actor) -> Iterator[Spoken]:
    """Indicators, by the lead of their project."""
    if actor.may("kpi.view"):
        indicators = with_lead(actor).join(Kpi, Kpi.project_id == Project.id)
        yield spoken_of(indicators, Kpi, Project, name=Organisation.full_name)
