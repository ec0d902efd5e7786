"""Starting an application for an extension, and writing it section by section."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import calendar
from app.actors import Actor
from app.continuation.form import default_form
from app.continuation.models import Continuation, ContinuationForm
from app.db import db, held
from app.explained import N_
from app.lifecycle import NotAllowed, must_be_open
from app.lifecycle.continuation import OPEN
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.operations import Refused
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.projects.models import Project
from app.questions import answering, publishing
from app.questions.freezing import content_of
from app.questions.models import FormTemplate
from app.seals import canonical

OVER = N_("Support of this project is over: an extension cannot be asked for any more.")
OFFERS_NONE = N_("The call of this project offers no extension of support.")
RECORDED = N_("What became of the extension of this project is recorded already.")
TOO_EARLY = N_("An extension is asked for in the last base year: from %(day)s on.")
TOO_LATE = N_("The last day to ask for an extension was %(day)s.")
ANOTHER = N_("This project has an application for an extension already.")


def start(project: Project, *, actor: Actor, at: datetime, arrived: datetime | None = None) -> Continuation:
    """A new, empty draft. Raises NotAllowed for another body's seat, Refused where none can be started, with the reason."""
    if not actor.may("continuation.start", project):
        raise NotAllowed(project, "start", "not permitted")
    project = held(project)  # of two clicks at once the second finds the draft of the first
    earlier = of_project(project)
    refuse_start(project, earlier, arrived or at)
    version = form_of(project.call, at=at).published
    assert version is not None, "the form is published when it is begun"
    response = answering.start(version, organisation=project.lead, at=at)
    made = Continuation(project=project, attempt=len(earlier) + 1, answered=response, created_at=at)
    db.session.add(made)
    db.session.flush()
    response.subject_kind, response.subject_id = made.kind, made.id
    made.record("started", actor=actor, at=at, audience="applicant")
    return made


def refuse_start(project: Project, earlier: list[Continuation], at: datetime) -> None:
    """Raises Refused where no application can be started at `at`; says why."""
    on, call = calendar.day_of(at), project.call
    first_day = calendar.fiscal_year_start(call.last_fy_with(0))
    if project not in UNDER_SUPPORT:
        raise Refused(OVER)
    if not project.may_be_extended:
        raise Refused(OFFERS_NONE)
    if any(it in OPEN for it in earlier):
        raise Refused(ANOTHER)
    if not project.awaits_extension:
        raise Refused(RECORDED)
    if on < first_day:
        raise Refused(TOO_EARLY, day=first_day)
    if on > call.extension_deadline:
        raise Refused(TOO_LATE, day=call.extension_deadline)


def of_project(project: Project) -> list[Continuation]:
    """All applications of a project, the newest first."""
    query = select(Continuation).where(Continuation.project_id == project.id)
    return list(db.session.scalars(query.order_by(Continuation.attempt.desc())))


def save(
    continuation: Continuation,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep what was written in one section; whether anything was new. Raises NotAllowed, and as `answering.save_section`."""
    continuation = held(continuation)
    must_be_open(continuation, "edit", actor=actor, at=at)
    return answering.save_section(
        continuation.answered,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        about=continuation,
        audience="applicant",
        actor=actor,
        at=at,
    )


def fingerprint(continuation: Continuation) -> str:
    """The hash of what it says now: shows whether the approver has read what is submitted."""
    return hashlib.sha256(canonical(content_of(continuation.answered))).hexdigest()


def form_of(call: Call, *, at: datetime) -> FormTemplate:
    """What the bodies of the call are asked; begun with the questions that this system ships."""
    query = select(ContinuationForm).where(ContinuationForm.call_id == call.id)
    query = query.options(joinedload(ContinuationForm.template))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        held(call)  # of two bodies that start first, one begins the form
        found = db.session.scalars(query).one_or_none()
    if found is None:
        template = publishing.begin_form("継続申請書", default_form(call.extension_years), at=at)
        db.session.flush()
        publishing.publish(template, actor=SYSTEM, at=at)
        found = ContinuationForm(call=call, template=template, created_at=at)
        db.session.add(found)
        db.session.flush()
    return found.template
