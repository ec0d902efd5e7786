"""What the history speaks of councils and their members: told as of the project that a council stands beside."""

from __future__ import annotations

from collections.abc import Iterator

from app.actors import Actor
from app.councils.models import Council, Membership
from app.organisations.models import Organisation
from app.projects.cases import with_lead
from app.projects.models import Project
from app.web.changes import Spoken, spoken_of


def changes(actor: Actor) -> Iterator[Spoken]:
    """Councils and memberships, by the lead of their project."""
    if actor.may("project.list"):
        councils = with_lead(actor).join(Council, Council.project_id == Project.id)
        yield spoken_of(councils, Council, Project, name=Organisation.full_name)
        memberships = councils.join(Membership, Membership.council_id == Council.id)
        yield spoken_of(memberships, Membership, Project, name=Organisation.full_name)
