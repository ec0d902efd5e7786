"""The letters about what ends in a fiscal year, and about one project."""

from __future__ import annotations

from sqlalchemy import select

from app.actors import Actor
from app.correspondence import lists
from app.correspondence.models import Letter
from app.db import db
from app.projects.end_of_support import KIND
from app.projects.models import Project


def letters_of_year(fiscal_year: int) -> dict[tuple[int, int], Letter]:
    """(project, body) → its support-end letter."""
    query = select(Letter).where(Letter.letter_kind == KIND, Letter.fiscal_year == fiscal_year)
    query = query.order_by(Letter.id)  # of two, after a project was reinstated, the later one counts
    return {(letter.about_id, letter.organisation_id): letter for letter in db.session.scalars(query)}


def letters_about(project: Project, actor: Actor) -> list[Letter]:
    """About the project and the application it came from; for a municipality what was issued to it."""
    cases = [(project.kind, project.id)]
    if project.application_id:
        cases.append(("application", project.application_id))
    return lists.letters_about(actor, *cases)
