"""Open a room, save a section of it; the ministries that stand in it follow what is saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.actors import Actor
from app.db import db, held, writing
from app.explained import N_, Explained
from app.lifecycle.project import UNDER_SUPPORT
from app.permissions import SYSTEM
from app.projects.models import Project
from app.questions import answering, publishing
from app.questions.models import Response
from app.rooms.form import MINISTRIES, OF_THE_OFFICE, room_form
from app.rooms.models import Room, RoomForm, RoomMinistry

CLOSED = N_("Support of this project is over: only the office writes into its room.")
OF_OFFICE = N_("Only the office writes what stands here.")


class Closed(Explained):
    """This section of this room is not written by this person, or not any more."""


def room_of(project: Project) -> Room | None:
    """The room with its answers; None while nobody has written into it."""
    query = (
        select(Room)
        .where(Room.project_id == project.id)
        .options(
            joinedload(Room.answered).joinedload(Response.version),
            joinedload(Room.answered).selectinload(Response.answers),
        )
    )
    found: Room | None = db.session.scalars(query).unique().one_or_none()
    return found


def open_room(project: Project, *, at: datetime) -> Room:
    """The room of a project, made when somebody first writes into it."""
    project = held(project)  # of two who come first, one opens it
    if found := room_of(project):
        return found
    version = _form_of(project, at=at).template.published
    assert version is not None, "the form of the rooms is published when it is begun"
    response = answering.start(version, about=project, organisation=project.lead, at=at)
    made = Room(project=project, answered=response, created_at=at)
    db.session.add(made)
    db.session.flush()
    return made


def open_on_a_page(project: Project, *, at: datetime) -> None:
    """The same for a page that is only read, in a transaction of its own. Commits."""
    project_id = project.id
    with writing():
        open_room(db.session.get_one(Project, project_id), at=at)
        db.session.commit()


def refuse_closed(project: Project, section: str, actor: Actor) -> None:
    """Raises Closed where `actor` does not write this section now."""
    if actor.may("room.manage", project):
        return
    if section in OF_THE_OFFICE:
        raise Closed(OF_OFFICE)
    if project not in UNDER_SUPPORT:
        raise Closed(CLOSED)


def save(
    room: Room,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep what was written in one section; whether anything was new. Raises Closed, and as `answering.save_section`."""
    refuse_closed(room.project, section, actor)
    new = answering.save_section(
        room.answered,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        about=room.project,
        actor=actor,
        at=at,
    )
    if new and section == MINISTRIES:
        _follow_ministries(room)
    return new


def _follow_ministries(room: Room) -> None:
    rows = room.answered.value_of(MINISTRIES) or ()
    names = list(dict.fromkeys(row["ministry"] for row in rows if row.get("ministry")))
    if names == [it.name for it in room.ministries]:
        return
    room.ministries.clear()
    db.session.flush()
    room.ministries.extend(
        RoomMinistry(position=place, name=name, created_at=room.created_at)
        for place, name in enumerate(names)
    )


def _form_of(project: Project, *, at: datetime) -> RoomForm:
    query = select(RoomForm).where(RoomForm.programme_id == project.programme_id)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        held(project.programme)  # of two rooms opened first, one begins the form
        found = db.session.scalars(query).one_or_none()
    if found is None:
        template = publishing.begin_form("プロジェクトルーム", room_form(), at=at)
        db.session.flush()
        publishing.publish(template, actor=SYSTEM, at=at)
        found = RoomForm(programme_id=project.programme_id, template=template, created_at=at)
        db.session.add(found)
        db.session.flush()
    return found
