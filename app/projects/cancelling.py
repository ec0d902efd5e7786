"""Cancelling a project (支援の中止): on which ground, who asked for it, from which day; each body gets a letter."""

from __future__ import annotations

from datetime import date, datetime

from app import calendar
from app.actors import Actor
from app.correspondence import letters
from app.correspondence.models import CANCELLATION, Letter
from app.correspondence.rendering import LetterContent
from app.db import db, held
from app.explained import N_
from app.lifecycle import move, must_be_open
from app.organisations.models import Organisation
from app.projects.extension import OutOfBounds
from app.projects.letters import cancellation
from app.projects.models import ASKED_BY, CANCEL_GROUNDS, Project

TO_COME = N_("This day is still to come: record it once it has happened.")
BEFORE_THE_BEGINNING = N_("Support of this project began on %(day)s; the day must not be before it.")


def cancel(
    project: Project,
    *,
    ground: str,
    asked_by: str,
    reason: str,
    on: date | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """End a project before its time, on the day `on` (default: today); letters not yet issued will not go out.

    The letters that tell its bodies are drafted; how many. Raises ValueError without a reason or for a ground that there
    is not, OutOfBounds for a day that cannot be, NotAllowed unless the project is under support.
    """
    if not reason.strip() or ground not in CANCEL_GROUNDS or asked_by not in ASKED_BY:
        raise ValueError("a cancellation needs its ground, who asked for it, and the reason in words")
    today = calendar.day_of(at)
    on = on or today
    project = held(project)
    must_be_open(project, "cancel", actor=actor, at=at)
    if on > today:
        raise OutOfBounds("on", TO_COME)
    if on < project.starts_on:
        raise OutOfBounds("on", BEFORE_THE_BEGINNING, day=project.starts_on)
    changes = {"reason": reason.strip(), "ground": ground, "asked_by": asked_by, "on": on}
    project.cancelled_on, project.cancel_reason = on, reason.strip()
    project.cancel_ground, project.cancel_asked_by = ground, asked_by
    move(project, "cancel", actor=actor, at=at, changes=changes)
    letters.discard_about(project, reason=reason, actor=actor, at=at)
    return sum(_draft(project, body, actor=actor, at=at) for body in project.bodies)


def compose_anew(letter: Letter) -> LetterContent:
    return cancellation(db.session.get_one(Project, letter.about_id), letter.organisation)


def _draft(project: Project, body: Organisation, *, actor: Actor, at: datetime) -> bool:
    again = f":again:{project.reinstatements}" if project.reinstatements else ""
    return (
        letters.draft(
            key=f"{CANCELLATION}:project:{project.id}:{body.id}{again}",
            letter_kind=CANCELLATION,
            about=project,
            about_number=str(project.number),
            organisation=body,
            content=cancellation(project, body),
            fiscal_year=calendar.fiscal_year(project.cancelled_on or at),
            actor=actor,
            at=at,
        )
        is not None
    )
