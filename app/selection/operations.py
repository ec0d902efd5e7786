"""From accepted applications to the announcement: review, provisional results, decision, release."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.actors import Actor
from app.applications import mails
from app.applications.checking import lapse_overdue
from app.applications.joint_models import JointApplicant
from app.applications.models import Application
from app.correspondence import approval, letters
from app.correspondence.ahead import printed_ahead
from app.correspondence.models import Letter
from app.db import db, held
from app.lifecycle import move, must_be_open
from app.lifecycle.application import (
    ACCEPTED,
    LAPSED,
    PROVISIONAL,
    WITHDRAWN,
)
from app.lifecycle.call import UNDECIDED
from app.lifecycle.letter import APPROVED
from app.programmes.models import Call
from app.selection.letters import letters_for
from app.selection.models import Result
from app.selection.readiness import Undecided, missing_before_decision, submitted_to
from app.web.records import same_version


class ResultsChanged(Exception):
    """A result or a letter changed after the director had opened the page: they would decide what they have not seen."""


def start_review(application: Application, *, actor: Actor, at: datetime) -> None:
    """Put an accepted application under review. Raises NotAllowed unless it is accepted."""
    move(application, "start_review", actor=actor, at=at)


def start_reviews(call: Call, *, actor: Actor, at: datetime) -> int:
    """Put every accepted application of the call under review; how many."""
    accepted = [application for application in submitted_to(call) if application in ACCEPTED]
    for application in accepted:
        start_review(application, actor=actor, at=at)
    return len(accepted)


def record_result(
    application: Application,
    *,
    selected: bool,
    reasons: str,
    version: int | None = None,
    actor: Actor,
    at: datetime,
) -> Result:
    """Record the provisional result with its reasons, or change it as long as the call is not decided.

    `version` is that of the result on the page that is sent (0: there was none): raises SavedMeanwhile when
    somebody else recorded another meanwhile. Raises ValueError without reasons, NotAllowed once the call is decided
    or when the application is not under review.
    """
    if not reasons.strip():
        raise ValueError("a result needs its reasons")
    held(application.call)  # nobody decides while this is written
    result = db.session.scalar(select(Result).where(Result.application_id == application.id))
    if result is None:
        return _first_result(application, selected, reasons.strip(), actor, at)
    must_be_open(application, "change_result", actor=actor, at=at)
    if version is not None:
        same_version(result, version)
    changes = {
        name: [getattr(result, name), new]
        for name, new in (("selected", selected), ("reasons", reasons.strip()))
        if getattr(result, name) != new
    }
    if changes:
        result.selected, result.reasons = selected, reasons.strip()
        result.recorded_at, result.recorded_by = at, actor.name
        move(application, "change_result", actor=actor, at=at, changes=changes)
    return result


def decide(call: Call, *, actor: Actor, at: datetime, seen: str | None = None) -> None:
    """The director's decision over all results of the call; drafts and approves its letters in the same act.

    Nothing else happens: what an applicant could see change at this instant would tell them of it. A correction that
    has lapsed takes no part, and is recorded as such by the daily job, as on any other day.

    `seen` is the `fingerprint` of what stood on the director's page. Raises Undecided while something is missing,
    ResultsChanged when the results are no longer those seen, NotAllowed when another director was first.
    """
    held(call)  # a second director waits, then finds it decided
    missing = missing_before_decision(call, at) if call in UNDECIDED else []
    if missing:
        raise Undecided(missing)
    must_be_open(call, "decide", actor=actor, at=at, missing=missing)
    results = results_of(call)
    if seen is not None and seen != fingerprint(results):
        raise ResultsChanged
    changes = {
        "selected": sum(it.selected for it in results),
        "not_selected": sum(not it.selected for it in results),
    }
    move(call, "decide", actor=actor, at=at, changes=changes, missing=missing)
    drafted = [letter for result in results for letter in _draft_letters(result, actor, at)]
    approval.approve(drafted, actor=actor, at=at)


def release(
    call: Call, *, actor: Actor, at: datetime, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Application], list[Application]]:
    """The announcement: states, letters and their mails, all in the caller's one transaction.

    Letters of an application that was withdrawn after the decision are discarded. An applicant whose correction
    lapsed gets a mail and no letter: a non-selection letter tells the outcome of a review, and there was none
    (docs/adr/0014). `progress` is called with letters issued and letters in all. Returns the applications
    (selected, not selected), each in the order of their numbers. Raises letters.ClosedDay on a closed day, NotAllowed unless the call is decided.
    """
    letters.refuse_closed_day(calendar.day_of(at))
    held(call)
    results = results_of(call, lock=True)
    counted = sum(result.selected for result in results)
    move(call, "announce", actor=actor, at=at, changes={"announced_count": counted})
    call.announced_count, call.announced_on = counted, calendar.day_of(at)
    lapse_overdue(call=call, at=at)  # what no job has recorded yet
    for result in results:
        move(result.application, "select" if result.selected else "decline_to_select", actor=actor, at=at)
    _discard_letters_of_withdrawn(call, actor, at)
    for application in submitted_to(call):
        if application in LAPSED:
            mails.announced_without(application, at=at)
    waiting = _letters_about([result.application for result in results])
    day = calendar.day_of(at)
    with printed_ahead([letter.id for letter in waiting], on=day) as ahead:
        for place, letter in enumerate(waiting):
            ahead.look(place)
            letters.issue(letter, on=day, at=at, printer=ahead.printer)
            progress(place + 1, len(waiting))
    return (
        [result.application for result in results if result.selected],
        [result.application for result in results if not result.selected],
    )


def results_of(call: Call, *, lock: bool = False) -> list[Result]:
    """The provisional results that a decision is about, in the order of the applications' numbers."""
    bodies = selectinload(Application.joint_applicants).joinedload(JointApplicant.organisation)
    query = (
        select(Result)
        .join(Result.application)
        .where(Application.call_id == call.id, PROVISIONAL.of(Application))
        .options(joinedload(Result.application).options(joinedload(Application.organisation), bodies))
        .order_by(Application.sequence)
    )
    if lock:  # a withdrawal at the same moment waits, and then finds the result announced
        held = (
            select(Application.id)
            .where(Application.call_id == call.id)
            .order_by(Application.id)
            .with_for_update()
        )
        db.session.scalars(held).all()
        query = query.execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def fingerprint(results: Sequence[Result]) -> str:
    """The same for the same results, and for the same letters about them in the same words."""
    text = repr(
        [
            (
                it.application_id,
                it.selected,
                it.reasons,
                [content.to_json() for _, _, content in letters_for(it)],
            )
            for it in results
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _first_result(
    application: Application, selected: bool, reasons: str, actor: Actor, at: datetime
) -> Result:
    changes = {"selected": selected, "reasons": reasons}
    move(application, "record_result", actor=actor, at=at, changes=changes)
    result = Result(
        application=application,
        selected=selected,
        reasons=reasons,
        recorded_at=at,
        recorded_by=actor.name,
        created_at=at,
    )
    db.session.add(result)
    return result


def _draft_letters(result: Result, actor: Actor, at: datetime) -> list[Letter]:
    """One to each body of the application."""
    application = result.application
    drafted = [
        letters.draft(
            key=f"{letter_kind}:application:{application.id}:{body.id}",
            letter_kind=letter_kind,
            about=application,
            about_number=application.number or "",
            organisation=body,
            content=content,
            fiscal_year=application.call.selection_fy,
            actor=actor,
            at=at,
        )
        for body, letter_kind, content in letters_for(result)
    ]
    return [letter for letter in drafted if letter is not None]


def _discard_letters_of_withdrawn(call: Call, actor: Actor, at: datetime) -> None:
    for application in submitted_to(call):
        if application in WITHDRAWN:
            letters.discard_about(application, reason="申請が取り下げられたため", actor=actor, at=at)


def _letters_about(applications: Sequence[Application]) -> list[Letter]:
    query = (
        select(Letter)
        .where(
            Letter.about_kind == Application.kind,
            Letter.about_id.in_([application.id for application in applications]),
            Letter.letter_kind.in_(("selection", "non-selection")),
            APPROVED.of(Letter),
        )
        .options(joinedload(Letter.organisation))
        .order_by(Letter.id)
    )
    return list(db.session.scalars(query))
