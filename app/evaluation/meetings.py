"""What is done with a meeting: planned, changed, held or called off; its members; and published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.actors import Actor
from app.db import db, held
from app.evaluation import mails
from app.evaluation.asking import begun
from app.evaluation.content import content_of
from app.evaluation.form import MEETING
from app.evaluation.models import EvaluationMeeting, EvaluationPublication
from app.lifecycle import NotAllowed, move, must_be_open
from app.lifecycle.evaluation_meeting import UNSETTLED
from app.programmes.models import Programme
from app.programmes.operations import the_programme
from app.questions import answering
from app.seals import canonical

FACTS = ("name", "fiscal_year", "held_on", "place", "online")


def plan(programme: Programme, facts: Mapping[str, Any], *, actor: Actor, at: datetime) -> EvaluationMeeting:
    """A meeting that is to be held, or that was held and is entered afterwards. `facts`: all of FACTS."""
    response = begun(MEETING, programme, about=None, at=at)
    meeting = EvaluationMeeting(
        programme=programme, answered=response, created_at=at, **{name: facts[name] for name in FACTS}
    )
    db.session.add(meeting)
    db.session.flush()
    response.subject_kind, response.subject_id = meeting.kind, meeting.id
    meeting.record("evaluation_meeting_planned", actor=actor, at=at, changes=_plain(facts))
    return meeting


def programme_of(chosen: int | None) -> Programme:
    """The one that was chosen; the first where there is none to choose from."""
    return the_programme() if chosen is None else db.session.get_one(Programme, chosen)


def revise(meeting: EvaluationMeeting, facts: Mapping[str, Any], *, actor: Actor, at: datetime) -> bool:
    """Whether anything is new. Raises NotAllowed once it is published or called off."""
    meeting = held(meeting)
    must_be_open(meeting, "revise", actor=actor, at=at)
    new = {name: facts[name] for name in FACTS if facts[name] != getattr(meeting, name)}
    if not new:
        return False
    changes = {name: [_said(getattr(meeting, name)), _said(value)] for name, value in new.items()}
    move(meeting, "revise", actor=actor, at=at, changes=changes)
    for name, value in new.items():
        setattr(meeting, name, value)
    return True


def save(
    meeting: EvaluationMeeting,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """Who took part, or what was said of all projects. Raises NotAllowed once it is settled, and as `answering.save_section`."""
    meeting = held(meeting)
    if meeting not in UNSETTLED or not actor.may("evaluation_meeting.manage", meeting):
        raise NotAllowed(meeting, "save", "it is settled")
    return answering.save_section(
        meeting.answered,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        about=meeting,
        actor=actor,
        at=at,
    )


def hold(meeting: EvaluationMeeting, *, actor: Actor, at: datetime) -> None:
    """It was held. Raises NotAllowed before its day, and while nobody is entered who took part."""
    move(held(meeting), "hold", actor=actor, at=at)


def call_off(meeting: EvaluationMeeting, *, reason: str, actor: Actor, at: datetime) -> None:
    """It is not held. Raises NotAllowed, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a meeting is called off for a reason")
    meeting = held(meeting)
    must_be_open(meeting, "call_off", actor=actor, at=at)
    with db.session.no_autoflush:
        move(meeting, "call_off", actor=actor, at=at, changes={"reason": reason.strip()})
        meeting.called_off_reason = reason.strip()


def publish(meeting: EvaluationMeeting, *, actor: Actor, at: datetime) -> EvaluationPublication:
    """Freeze what everybody reads from now on, and tell the bodies. Raises NotAllowed while something waits."""
    meeting = held(meeting)
    must_be_open(meeting, "publish", actor=actor, at=at)
    content = content_of(meeting, at)
    made = EvaluationPublication(
        meeting=meeting,
        published_at=at,
        published_by=actor.name,
        content=content,
        sha256=hashlib.sha256(canonical(content)).hexdigest(),
        created_at=at,
    )
    db.session.add(made)
    move(meeting, "publish", actor=actor, at=at, changes={"sha256": made.sha256})
    db.session.flush()
    mails.published(meeting, at=at)
    return made


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _said(facts[name]) for name in FACTS}


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
