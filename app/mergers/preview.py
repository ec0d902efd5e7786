"""What moves when a body merges, for whoever is about to enter it; of drafts nobody of the office knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from app.actors import Actor
from app.applications.models import Application
from app.correspondence.models import Letter
from app.councils.models import Council
from app.db import db
from app.lifecycle.application import OVER
from app.lifecycle.letter import UNISSUED
from app.lifecycle.seat_check import ASKED
from app.mergers.operations import moving_seats, supported_projects
from app.organisations.models import Organisation, Seat
from app.projects.models import Project
from app.rotation.models import SeatCheck
from app.web.records import within_reach


@dataclass(frozen=True)
class Moving:
    """As of now; what is added until the day moves as well."""

    seats: Sequence[Seat]
    projects: Sequence[Project]
    shared: frozenset[int]  # the ids of those in which the successor takes part already
    councils: Sequence[Council]
    checks: int  # of seats, that nobody has answered yet
    applications: Sequence[Application]  # handed in and not decided; they keep the old name
    letters: int  # that are not issued yet


def moving(body: Organisation, successor: Organisation | None, actor: Actor) -> Moving:
    projects = supported_projects(body)
    ids = [it.id for it in projects]
    under_way = within_reach(Application, actor).where(
        Application.organisation_id == body.id, Application.number.is_not(None), ~OVER.of(Application)
    )
    return Moving(
        seats=moving_seats(body),
        projects=projects,
        shared=frozenset(it.id for it in projects if successor and successor in it.bodies),
        councils=db.session.scalars(select(Council).where(Council.project_id.in_(ids))).all() if ids else (),
        checks=_count(select(SeatCheck.id).where(SeatCheck.organisation_id == body.id, ASKED.of(SeatCheck))),
        applications=db.session.scalars(under_way.order_by(Application.number)).all(),
        letters=_count(select(Letter.id).where(Letter.organisation_id == body.id, UNISSUED.of(Letter))),
    )


def _count(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
