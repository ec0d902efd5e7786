"""The applications a person is most likely looking for, and what the history speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import Select, func
from sqlalchemy.orm import joinedload

from app.actors import Actor
from app.applications.models import Application
from app.memory import CASES, HOUSE, remembered_records
from app.organisations.models import Organisation
from app.web.cases import SHOWN, Case
from app.web.changes import Spoken, spoken_of
from app.web.records import shared_by, within_reach


def cases(actor: Actor) -> Iterator[Case]:
    """The newest within this person's reach."""
    if not actor.may("application.list"):
        return

    def newest() -> Select[Application]:
        query: Select[Application] = within_reach(Application, actor)
        return (
            query.options(joinedload(Application.organisation)).order_by(Application.id.desc()).limit(SHOWN)
        )

    for application in remembered_records(("newest applications", shared_by(actor)), newest, HOUSE, CASES):
        url = url_for("applications.show", application_id=application.id)
        name = application.organisation.full_name
        yield Case(application, application.number or "", application.title or "–", name, url)


def changes(actor: Actor) -> Iterator[Spoken]:
    """Applications, by their number and their lead."""
    if actor.may("application.list"):
        query = within_reach(Application, actor).join(Application.organisation)
        number = func.coalesce(Application.number, "")
        yield spoken_of(query, Application, Application, name=Organisation.full_name, number=number)
