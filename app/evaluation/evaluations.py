"""What is done with the evaluation of a project: recorded, put to its local governments, responded to, taken back or off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import calendar
from app.actors import Actor
from app.db import db, held
from app.evaluation import mails
from app.evaluation.asking import begun
from app.evaluation.form import FINDINGS, RESPONSE, sections_of
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.evaluation.rows import follow
from app.explained import N_
from app.kpis.models import Kpi
from app.lifecycle import NotAllowed, is_open, move, must_be_open
from app.lifecycle.evaluation import ASKED_TO_RESPOND, RECORDED
from app.lifecycle.evaluation_meeting import UNSETTLED
from app.organisations.operations import Refused
from app.projects.models import Project
from app.questions import answering, freezing

PAST = N_("The day by which to respond has passed already.")


def indicators_of(project: Project) -> Sequence[Kpi]:
    """Those that are followed, in their order: what is graded follows them."""
    query = select(Kpi).where(Kpi.project_id == project.id, Kpi.retired_on.is_(None))
    return db.session.scalars(query.order_by(Kpi.position, Kpi.id).options(selectinload(Kpi.actuals))).all()


def look_at(meeting: EvaluationMeeting, project: Project, *, actor: Actor, at: datetime) -> Evaluation:
    """Put a project on the meeting, with its indicators as they are now. One that is on it already is left as it is.

    Raises NotAllowed once the meeting is settled.
    """
    meeting = held(meeting)
    if meeting not in UNSETTLED or not actor.may("evaluation.record", meeting):
        raise NotAllowed(meeting, "look at a project", "it is settled")
    query = select(Evaluation).where(Evaluation.meeting_id == meeting.id, Evaluation.project_id == project.id)
    if found := db.session.scalars(query).one_or_none():
        if is_open(found, "put_on", actor=actor, at=at):
            put_on(found, actor=actor, at=at)
        return found
    findings = begun(FINDINGS, meeting.programme, about=None, organisation=project.lead, at=at)
    made = Evaluation(meeting=meeting, project=project, findings=findings, created_at=at)
    db.session.add(made)
    db.session.flush()
    findings.subject_kind, findings.subject_id = made.kind, made.id
    _ask_about(made)
    made.record("evaluation_begun", actor=actor, at=at, audience="office")
    return made


def follows_indicators(evaluation: Evaluation) -> bool:
    """Whether what is asked is what the project's indicators are now."""
    asked = [section.to_json() for section in sections_of(indicators_of(evaluation.project))]
    return asked == (evaluation.findings.further or [])


def follow_indicators(evaluation: Evaluation, *, actor: Actor, at: datetime) -> bool:
    """Ask about the indicators as they are now; whether that is new. What was written of others is kept, and not shown.

    Raises NotAllowed unless it is being recorded.
    """
    evaluation = _being_recorded(evaluation, actor)
    if not _ask_about(evaluation):
        return False
    evaluation.record("evaluation_indicators_followed", actor=actor, at=at, audience="office")
    return True


def save(
    evaluation: Evaluation,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """Grades and opinions of one page. Raises NotAllowed unless it is being recorded, and as `answering.save_section`."""
    evaluation = _being_recorded(evaluation, actor)
    new = answering.save_section(
        evaluation.findings,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        about=evaluation,
        audience="office",
        actor=actor,
        at=at,
    )
    if new:
        follow(evaluation)
    return new


def put(evaluation: Evaluation, *, due_on: date, actor: Actor, at: datetime) -> None:
    """Freeze what was recorded and ask the project's local governments to respond by a day.

    Raises NotAllowed before the meeting is held and without a grade, Refused for a day that has passed.
    """
    evaluation = held(evaluation)
    must_be_open(evaluation, "put", actor=actor, at=at)
    _refuse_past(due_on, at)
    frozen = freezing.freeze(evaluation.findings, actor=actor, at=at)
    if evaluation.answered is None:
        programme = evaluation.meeting.programme
        evaluation.answered = begun(
            RESPONSE, programme, about=evaluation, organisation=evaluation.project.lead, at=at
        )
    _ask(evaluation, "put", due_on, {"sha256": frozen.sha256}, actor=actor, at=at)


def take_back(evaluation: Evaluation, *, reason: str, actor: Actor, at: datetime) -> None:
    """Correct what was recorded; the bodies are told why, and what they have written stays. Raises NotAllowed, ValueError."""
    evaluation = held(evaluation)
    move(evaluation, "take_back", actor=actor, at=at, changes={"reason": _needed(reason)})
    evaluation.due_on = None
    db.session.flush()
    mails.taken_back(evaluation, reason=reason, at=at)


def save_response(
    evaluation: Evaluation,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """What the body writes, until it is sent. Raises NotAllowed unless it is asked, and as `answering.save_section`."""
    evaluation = held(evaluation)
    if not may_write_response(evaluation, actor):
        raise NotAllowed(evaluation, "write the response", "it is not asked for")
    assert evaluation.answered is not None  # the database says so
    return answering.save_section(
        evaluation.answered,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        about=evaluation,
        audience="applicant",
        actor=actor,
        at=at,
    )


def may_write_response(evaluation: Evaluation, actor: Actor) -> bool:
    return (
        evaluation in ASKED_TO_RESPOND
        and evaluation.meeting in UNSETTLED
        and actor.may("evaluation.answer", evaluation)
    )


def respond(evaluation: Evaluation, *, actor: Actor, at: datetime) -> None:
    """Send the response as it is written. Raises NotAllowed, freezing.Incomplete while it says nothing."""
    evaluation = held(evaluation)
    must_be_open(evaluation, "respond", actor=actor, at=at)
    assert evaluation.answered is not None  # the database says so
    frozen, who = freezing.freeze(evaluation.answered, actor=actor, at=at), actor.name
    with db.session.no_autoflush:
        move(evaluation, "respond", actor=actor, at=at, changes={"sha256": frozen.sha256})
        evaluation.responded_at, evaluation.responded_by = at, who
    db.session.flush()
    mails.responded(evaluation, at=at)


def ask_once_more(evaluation: Evaluation, *, reason: str, due_on: date, actor: Actor, at: datetime) -> None:
    """Ask for another response, for a reason; the one that was sent stays frozen. Raises NotAllowed, Refused, ValueError."""
    evaluation = held(evaluation)
    must_be_open(evaluation, "ask_once_more", actor=actor, at=at)
    _refuse_past(due_on, at)
    _ask(evaluation, "ask_once_more", due_on, {"reason": _needed(reason)}, actor=actor, at=at)


def take_off(evaluation: Evaluation, *, actor: Actor, at: datetime) -> None:
    """The meeting does not look at this project. What was recorded is kept. Raises NotAllowed."""
    move(held(evaluation), "take_off", actor=actor, at=at)


def put_on(evaluation: Evaluation, *, actor: Actor, at: datetime) -> None:
    """It does after all. Raises NotAllowed."""
    move(held(evaluation), "put_on", actor=actor, at=at)


def _ask(
    evaluation: Evaluation, name: str, due_on: date, changes: dict[str, Any], *, actor: Actor, at: datetime
) -> None:
    with db.session.no_autoflush:
        move(evaluation, name, actor=actor, at=at, changes={"due_on": due_on, **changes})
        evaluation.due_on, evaluation.put_at = due_on, at
        evaluation.responded_at, evaluation.responded_by = None, ""
    db.session.flush()
    mails.asked(evaluation, reason=changes.get("reason", ""), at=at)


def _ask_about(evaluation: Evaluation) -> bool:
    asked = answering.ask_further(evaluation.findings, sections_of(indicators_of(evaluation.project)))
    if asked or not evaluation.rows:
        follow(evaluation)
    return asked


def _being_recorded(evaluation: Evaluation, actor: Actor) -> Evaluation:
    evaluation = held(evaluation)
    if not may_record(evaluation, actor):
        raise NotAllowed(evaluation, "record", "it is not being recorded")
    return evaluation


def may_record(evaluation: Evaluation, actor: Actor) -> bool:
    return (
        evaluation in RECORDED
        and evaluation.meeting in UNSETTLED
        and actor.may("evaluation.record", evaluation)
    )


def _needed(reason: str) -> str:
    if not reason.strip():
        raise ValueError("this is done for a reason, which the bodies are told")
    return reason.strip()


def _refuse_past(due_on: date, at: datetime) -> None:
    if due_on < calendar.day_of(at):
        raise Refused(PAST)
