"""Which project a row of a table is about: by its number or by the name of a body; never beyond the reach of who reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.actors import Actor
from app.db import db
from app.kpis.headings import BODY, NUMBER
from app.kpis.models import Kpi
from app.kpis.tables import Row
from app.lifecycle import N_
from app.organisations.models import Organisation
from app.organisations.operations import Refused
from app.projects.lists import BODIES
from app.projects.models import Project, ProjectApplicant
from app.web.records import within_reach
from app.widths import plain

ANOTHER = N_("This row is about another project (%(entry)s), and this page about No. %(number)s.")
UNNAMED = N_("This row names no project: neither its number nor its body.")
NO_NUMBER = N_("“%(entry)s” is no number of a project.")
NO_PROJECT = N_("There is no project %(entry)s.")
SEVERAL = N_("%(entry)s has several projects: give the number of the one that is meant.")
DISAGREE = N_("No. %(number)s is no project of %(entry)s.")
LARGEST = 2**31 - 1


def only(project: Project) -> Callable[[Row], Project]:
    """For the page of one project: a row that names another one is refused."""

    def found(row: Row) -> Project:
        number, body = row.text(NUMBER), row.text(BODY)
        other_number = number and _number(number) != project.number
        if other_number or (body and not _is_of(project, body)):
            raise Refused(ANOTHER, entry=number if other_number else body, number=project.number)
        return project

    return found


def named_in(
    rows: Iterable[Row], actor: Actor
) -> tuple[Callable[[Row], Project], Callable[[Project], list[Kpi]]]:
    """For a table about several projects: what finds the one of a row, and what gives its indicators. Asks twice in all."""
    rows = list(rows)
    numbers = {number for row in rows if (number := _number(row.text(NUMBER))) is not None}
    names = {plain(name) for row in rows if (name := row.text(BODY))}
    projects = _projects(numbers, names, actor)
    by_number: dict[int, list[Project]] = {}
    for project in projects:
        by_number.setdefault(project.number, []).append(project)

    def found(row: Row) -> Project:
        entry, body = row.text(NUMBER), row.text(BODY)
        if not entry and not body:
            raise Refused(UNNAMED)
        if not entry:
            return _one([it for it in projects if _is_of(it, body)], body)
        number = _number(entry)
        if number is None:
            raise Refused(NO_NUMBER, entry=entry)
        numbered = by_number.get(number, [])
        if numbered and body and not any(_is_of(it, body) for it in numbered):
            raise Refused(DISAGREE, number=number, entry=body)
        return _one([it for it in numbered if not body or _is_of(it, body)], f"No. {number}")

    return found, indicators_of(projects, actor)


def of_one(project: Project, actor: Actor) -> list[Kpi]:
    """The indicators of a project, the retired ones too, with what was measured of them."""
    return indicators_of([project], actor)(project)


def indicators_of(projects: Iterable[Project], actor: Actor) -> Callable[[Project], list[Kpi]]:
    query = within_reach(Kpi, actor).where(Kpi.project_id.in_([it.id for it in projects]))
    by_project: dict[int, list[Kpi]] = {}
    for kpi in db.session.scalars(query.options(selectinload(Kpi.actuals)).order_by(Kpi.position, Kpi.id)):
        by_project.setdefault(kpi.project_id, []).append(kpi)
    return lambda project: by_project.get(project.id, [])


def _projects(numbers: set[int], names: set[str], actor: Actor) -> list[Project]:
    full_name = Organisation.prefecture + Organisation.name
    bodies = (
        select(ProjectApplicant.project_id)
        .join(ProjectApplicant.organisation)
        .where(or_(Organisation.name.in_(names), full_name.in_(names), Organisation.code.in_(names)))
    )
    query = within_reach(Project, actor).where(or_(Project.number.in_(numbers), Project.id.in_(bodies)))
    return list(
        db.session.scalars(query.options(joinedload(Project.call), BODIES).order_by(Project.id)).unique()
    )


def _one(found: list[Project], entry: str) -> Project:
    if not found:
        raise Refused(NO_PROJECT, entry=entry)
    if len(found) > 1:
        raise Refused(SEVERAL, entry=entry)
    return found[0]


def _is_of(project: Project, body: str) -> bool:
    name = plain(body)
    return any(name in (it.name, it.full_name, it.code) for it in project.bodies)


def _number(text: str) -> int | None:
    found = (
        re.fullmatch(r"(?:No\.?)?\s*(\d{1,9})", plain(text).strip(), re.IGNORECASE)
        if len(text) < 100
        else None
    )
    return int(found[1]) if found and found[1].isascii() and int(found[1]) <= LARGEST else None
