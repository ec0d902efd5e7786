"""What is done about an obstacle: put it on record, correct it, record what became of it, take it up again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import calendar
from app.accompaniment.models import OBSTACLE_KINDS, OF_MINISTRY, SIDES, Obstacle
from app.db import db, held
from app.explained import N_
from app.lifecycle import NotAllowed, move, must_be_open
from app.memory import HOUSE, remembered
from app.organisations.models import Organisation, Tenure
from app.organisations.operations import Refused
from app.projects.models import Project

FACTS = ("title", "obstacle_kind", "text", "ministry_id", "acts", "acts_name", "due_on")


def record_one(
    project: Project,
    *,
    title: str,
    obstacle_kind: str,
    text: str,
    acts: str,
    due_on: date,
    ministry_id: int | None = None,
    acts_name: str = "",
    actor: Tenure,
    at: datetime,
) -> Obstacle:
    """Put an obstacle on record. Raises NotAllowed, Refused as `revise` does."""
    if not actor.may("obstacle.raise", project):
        raise NotAllowed(project, "raise an obstacle", "not permitted")
    facts: dict[str, Any] = {
        "title": title, "obstacle_kind": obstacle_kind, "text": text, "ministry_id": ministry_id, "acts": acts,
        "acts_name": acts_name, "due_on": due_on,
    }  # fmt: skip
    _refuse(facts, at)
    made = Obstacle(
        project=project,
        **facts,
        raised_at=at,
        raised_by=actor.name,
        raised_seat=f"{actor.organisation_name} {actor.seat_name}",
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    first = {"title": title, "obstacle_kind": obstacle_kind, "acts": acts, "due_on": due_on}
    made.record("obstacle_raised", actor=actor, at=at, changes=first)
    return made


def revise(obstacle: Obstacle, *, actor: Tenure, at: datetime, **facts: Any) -> None:
    """Other FACTS; the history keeps what they were. The same ones change nothing.

    Raises NotAllowed when it is settled; Refused for a day that has passed (one that it has already may stay), for a
    body that is no ministry, and where a ministry must act and none is named.
    """
    held(obstacle)
    must_be_open(obstacle, "revise", actor=actor, at=at)
    _refuse(facts, at, keeps=obstacle.due_on)
    changed = {
        name: [getattr(obstacle, name), facts[name]]
        for name in FACTS
        if getattr(obstacle, name) != facts[name]
    }
    if not changed:
        return
    changes = {name: pair for name, pair in changed.items() if name != "ministry_id"}
    if "ministry_id" in changed:
        changes["ministry"] = [_name_of(it) for it in changed["ministry_id"]]
    move(obstacle, "revise", actor=actor, at=at, changes=changes)
    for name, (_before, after) in changed.items():
        setattr(obstacle, name, after)


def resolve(obstacle: Obstacle, *, outcome: str, actor: Tenure, at: datetime) -> None:
    """Record how it was resolved. Raises NotAllowed when it is settled, ValueError without an outcome."""
    _settle(obstacle, "resolve", outcome, actor=actor, at=at)


def give_up(obstacle: Obstacle, *, outcome: str, actor: Tenure, at: datetime) -> None:
    """Record why it is given up, and what is done instead. Raises as `resolve`."""
    _settle(obstacle, "give_up", outcome, actor=actor, at=at)


def reopen(obstacle: Obstacle, *, reason: str, due_on: date, actor: Tenure, at: datetime) -> None:
    """Take it up again, with another day by which to act; the history keeps what had become of it.

    Raises NotAllowed while it is outstanding, Refused for a day that has passed, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("an obstacle is taken up again for a reason")
    held(obstacle)
    must_be_open(obstacle, "reopen", actor=actor, at=at)
    _refuse_past(due_on, at)
    changes = {"reason": reason, "outcome": [obstacle.outcome, ""], "due_on": [obstacle.due_on, due_on]}
    move(obstacle, "reopen", actor=actor, at=at, changes=changes)
    obstacle.outcome, obstacle.settled_at, obstacle.settled_by = "", None, ""
    obstacle.due_on = due_on


def ministries() -> dict[int, str]:
    """Whom an obstacle can concern: id → name."""

    def ask() -> dict[int, str]:
        query = select(Organisation.id, Organisation.name).where(Organisation.body_kind == "ministry")
        return dict(db.session.execute(query.order_by(Organisation.id)).all())

    return remembered("ministries", ask, HOUSE)


def _settle(obstacle: Obstacle, name: str, outcome: str, *, actor: Tenure, at: datetime) -> None:
    if not outcome.strip():
        raise ValueError("what became of an obstacle is told")
    held(obstacle)
    who = actor.name  # asked for first: between the state and the rest nothing may be written
    move(obstacle, name, actor=actor, at=at, changes={"outcome": outcome})
    obstacle.outcome, obstacle.settled_at, obstacle.settled_by = outcome, at, who


def _refuse(facts: dict[str, Any], at: datetime, keeps: date | None = None) -> None:
    if facts["obstacle_kind"] not in OBSTACLE_KINDS or facts["acts"] not in SIDES:
        raise ValueError("an obstacle is of a kind, and somebody must act")
    if not (facts["title"].strip() and facts["text"].strip()):
        raise ValueError("an obstacle has a title and says what it is")
    if facts["due_on"] != keeps:
        _refuse_past(facts["due_on"], at)
    if facts["ministry_id"] is not None and facts["ministry_id"] not in ministries():
        raise Refused(N_("This ministry is not on record."))
    if facts["acts"] == OF_MINISTRY and facts["ministry_id"] is None:
        raise Refused(N_("Choose the ministry that must act."))


def _refuse_past(due_on: date, at: datetime) -> None:
    if due_on < calendar.day_of(at):
        raise Refused(N_("The day by which to act has passed already."))


def _name_of(ministry_id: int | None) -> str:
    return ministries().get(ministry_id, "") if ministry_id else ""
