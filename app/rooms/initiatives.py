"""Initiatives (個別取組): what is done within a project, each by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.actors import Actor
from app.db import db, held
from app.explained import N_, Explained
from app.projects.models import Project
from app.rooms.models import Initiative
from app.rooms.operations import refuse_closed

MOST = 50  # of one project
FIELDS = ("name", "summary", "technologies", "begun_on", "ended_on")
SAME_NAME = N_("This project has an initiative of this name already.")
TOO_MANY = N_("A project has at most %(most)s initiatives.")


class NotKept(Explained):
    """This initiative is not kept; the sentence says why."""


def initiatives_of(project: Project) -> Sequence[Initiative]:
    """Those that count, in their order."""
    query = select(Initiative).where(Initiative.project_id == project.id, Initiative.counts)
    return db.session.scalars(query.order_by(Initiative.position)).all()


def initiative_of(project: Project, initiative_id: int) -> Initiative | None:
    """One of this project, also one that was taken off: somebody may still be writing on its page."""
    query = select(Initiative).where(Initiative.project_id == project.id, Initiative.id == initiative_id)
    return db.session.scalars(query).one_or_none()


def add(project: Project, values: Mapping[str, Any], *, actor: Actor, at: datetime) -> Initiative:
    """One more of the project. Raises NotKept, Closed (operations.py)."""
    refuse_closed(project, "initiatives", actor)
    project = held(project)
    _refuse_same(project, values["name"])
    last = db.session.scalar(select(func.max(Initiative.position)).where(Initiative.project_id == project.id))
    if len(initiatives_of(project)) >= MOST:
        raise NotKept(TOO_MANY, most=MOST)
    made = Initiative(
        project=project,
        position=(last or 0) + 1,
        created_at=at,
        **{name: values[name] for name in FIELDS},
    )
    db.session.add(made)
    db.session.flush()
    project.record("initiative_added", actor=actor, at=at, changes={"name": made.name})
    return made


def change(initiative: Initiative, values: Mapping[str, Any], *, actor: Actor, at: datetime) -> bool:
    """Whether anything is new. Raises NotKept, Closed."""
    refuse_closed(initiative.project, "initiatives", actor)
    new = {name: values[name] for name in FIELDS if values[name] != getattr(initiative, name)}
    if not new:
        return False
    if "name" in new:
        _refuse_same(initiative.project, new["name"], but=initiative)
    changes: dict[str, Any] = {"initiative": initiative.name}
    for name, value in new.items():
        changes[name] = [_plain(getattr(initiative, name)), _plain(value)]
        setattr(initiative, name, value)
    initiative.project.record("initiative_changed", actor=actor, at=at, changes=changes)
    return True


def withdraw(initiative: Initiative, *, reason: str, actor: Actor, at: datetime) -> None:
    """It was entered by mistake: nothing counts it any more, and the history tells that it was there.

    Raises Closed, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("an initiative is taken off for a reason")
    refuse_closed(initiative.project, "initiatives", actor)
    if not initiative.withdrawn:
        initiative.withdrawn = True
        initiative.project.record(
            "initiative_withdrawn", actor=actor, at=at, changes={"name": initiative.name, "reason": reason}
        )


def _refuse_same(project: Project, name: str, but: Initiative | None = None) -> None:
    if any(it.name == name and it is not but for it in initiatives_of(project)):
        raise NotKept(SAME_NAME)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
