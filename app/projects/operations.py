"""Opening a project, by hand or from an announced application."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from app import calendar
from app.actors import Actor
from app.applications.models import Application
from app.db import db
from app.lifecycle import NotAllowed
from app.lifecycle.application import SELECTED
from app.organisations.models import Organisation
from app.programmes.models import Call, Programme
from app.projects.models import Project, ProjectApplicant


def open_project(
    *,
    call: Call,
    applicants: Sequence[Organisation],
    title: str | None = None,
    technologies: Sequence[str] = (),
    technologies_etc: bool = False,
    technologies_raw: str = "",
    road_linked: bool = False,
    number: int | None = None,
    listed_as_of: date | None = None,
    opened_on: date | None = None,
    application: Application | None = None,
    actor: Actor,
    at: datetime,
) -> Project:
    """A project under support by the rule of `call`; the first of `applicants` leads.

    Without `number` it takes the one after the highest of its programme; `listed_as_of` says which published list has that number.
    Raises ValueError without an applicant or with the same
    body twice; the database refuses a number that is taken, and a second project from one application.
    """
    if not applicants:
        raise ValueError("a project needs an applicant")
    if len({body.id for body in applicants}) < len(applicants):
        raise ValueError("a body can be an applicant of a project once only")
    project = Project(
        number=number or _next_number(call.programme),
        listed_as_of=listed_as_of,
        call=call,
        application=application,
        title=title or None,
        technologies=list(technologies),
        technologies_etc=technologies_etc,
        technologies_raw=technologies_raw or "、".join(technologies) + ("等" if technologies_etc else ""),
        road_linked=road_linked,
        opened_on=opened_on,
        created_at=at,
    )
    project.applicants = [
        ProjectApplicant(organisation=body, position=place) for place, body in enumerate(applicants)
    ]
    db.session.add(project)
    db.session.flush()
    project.record(
        "opened", actor=actor, at=at, changes={"number": project.number, "ends_on": project.ends_on}
    )
    return project


def open_from(application: Application, *, actor: Actor, at: datetime) -> Project:
    """The project of an application whose selection has been announced. Raises NotAllowed before that."""
    if application not in SELECTED:
        raise NotAllowed(application, "open a project", f"it is {application.state}")
    named = [
        *application.technologies,
        *([application.technologies_other] if application.technologies_other else []),
    ]
    return open_project(
        call=application.call,
        application=application,
        applicants=list(dict.fromkeys(body.at_present for body in application.bodies)),
        title=application.submitted_title,
        technologies=application.technologies,
        technologies_etc=application.technologies_etc,
        technologies_raw="、".join(named) + ("等" if application.technologies_etc else ""),
        opened_on=calendar.day_of(at),
        actor=actor,
        at=at,
    )


def reserve_numbers(programme: Programme, until: int) -> None:
    """Keep the numbers of a published list for its own projects: others are numbered after `until`."""
    programme.numbers_reserved_through = until


def _next_number(programme: Programme) -> int:
    # Whoever opens projects of the programme at the same moment waits for its row, then counts anew.
    held = (
        select(Programme.numbers_reserved_through)
        .where(Programme.id == programme.id)
        .with_for_update(key_share=True)
    )
    reserved = db.session.scalars(held).one()
    highest = db.session.scalar(select(func.max(Project.number)).where(Project.programme_id == programme.id))
    return max(highest or 0, reserved) + 1
