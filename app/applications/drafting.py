"""Drafting: an application is started, filled section by section, and mended after a return.

Every save goes through the form's engine (app/questions/answering.py), which overwrites nothing that somebody else has
saved since the page was opened. Here stands what an application adds to it: who may, and what its lists keep of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.applications import consent_mails, correcting
from app.applications.graces import granted_to, take_grace
from app.applications.joint_models import JointApplicant
from app.applications.models import Application
from app.applications.reapplication import ask_again_if_needed
from app.db import db, held
from app.lifecycle import NotAllowed, must_be_open
from app.lifecycle.application import BEFORE_SUBMISSION, DRAFT, WITHDRAWN
from app.organisations.models import HEAD_TITLES, Organisation
from app.organisations.search import BodySearch
from app.programmes.form import JOINT, TECHNOLOGY, TITLE
from app.programmes.models import Call
from app.questions import answering as questions
from app.questions.answering import save_section


class NotOpen(Exception):
    """The call takes no applications at this instant."""


class NotEligible(Exception):
    """A body of this kind cannot lead an application to this call."""


class AlreadyStarted(Exception):
    """The body has applications to this call already; another one must be meant."""

    def __init__(self, applications: list[Application]) -> None:
        super().__init__(f"{len(applications)} started already")
        self.applications = applications


def start(
    call: Call,
    organisation: Organisation,
    *,
    another: bool = False,
    actor: Actor,
    at: datetime,
    arrived: datetime | None = None,
) -> Application:
    """A new, empty draft of `organisation` to `call`.

    One application per body and call is the rule; a second project of the same body is meant with `another`.
    Raises NotAllowed for another body's seat, NotOpen when it `arrived` outside the call's window (and that of a grace
    of the body), NotEligible for a kind of body that
    cannot lead, AlreadyStarted without `another`, and also with it while an empty draft lies there.
    """
    if not actor.may("application.start") or actor.organisation_id != organisation.id:
        raise NotAllowed(call, "start", "not permitted")
    call = held(call)  # of two clicks at once the second sees the first's draft
    grace = granted_to(call, organisation)
    if not call.takes_submissions_at(arrived or at, grace.until if grace else None):
        raise NotOpen
    if organisation.body_kind not in call.eligible_kinds:
        raise NotEligible
    earlier = started_by(organisation, call)
    if any(_is_empty(application) for application in earlier) or (earlier and not another):
        raise AlreadyStarted(earlier)
    application = Application(call=call, organisation=organisation, created_at=at)
    db.session.add(application)
    db.session.flush()
    version = call.form.published if call.form else None
    if version is None:
        raise NotOpen
    application.response = questions.start(version, about=application, organisation=organisation, at=at)
    ask_again_if_needed(application)
    application.record("started", actor=actor, at=at, audience="applicant")
    take_grace(application, grace, actor=actor, at=at)
    return application


def started_by(organisation: Organisation, call: Call) -> list[Application]:
    """What the body has started or submitted to the call and not withdrawn, the oldest first."""
    query = select(Application).where(
        Application.organisation_id == organisation.id,
        Application.call_id == call.id,
        ~WITHDRAWN.of(Application),
    )
    return list(db.session.scalars(query.order_by(Application.id)))


def save(
    application: Application,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    changes: Mapping[str, Any] | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep answers of one section (key of the question → value), also while they are unfinished or too long.

    Raises NotAllowed when it is not open to editing, Locked for what a return does not open (see correcting.py), else as
    `questions.answering.save_section`.
    """
    application = open_for_editing(application, actor, at)
    news = save_section(
        application.answered,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        locked=correcting.locked(application),
        about=application,
        audience="applicant",
        changes=changes,
        actor=actor,
        at=at,
    )
    if news:
        correcting.note_opened_by(application, actor=actor, at=at)
        for joint in keep_up(application):
            consent_mails.left_out(application, joint, at=at)
        _take_report_back(application, actor)


def add_joint_applicant(
    application: Application, organisation: Organisation, *, actor: Actor, at: datetime
) -> None:
    """Name a body that applies jointly; it has to be confirmed anew that the list is complete.

    Adding one twice changes nothing. Raises NotAllowed when it is not open to editing, ValueError for the lead itself,
    a body that is no local government, or more than the form takes.
    """
    application = open_for_editing(application, actor, at)
    if organisation in application.bodies[1:]:
        return
    if organisation.id == application.organisation_id or organisation.body_kind not in HEAD_TITLES:
        raise ValueError(f"{organisation.name} cannot be a joint applicant")
    most = application.answered.form.questions[JOINT].asked.settings["most"]
    if len(application.joint_applicants) >= most:
        raise ValueError(f"more than {most} joint applicants")
    bodies = [*application.bodies[1:], organisation]
    _save_joint(application, bodies, False, {"added": organisation.full_name}, actor=actor, at=at)


def remove_joint_applicant(
    application: Application, organisation_id: int, *, actor: Actor, at: datetime
) -> None:
    """Take a joint applicant off the list; one that is not on it changes nothing. Raises NotAllowed."""
    application = open_for_editing(application, actor, at)
    gone = next((body for body in application.bodies[1:] if body.id == organisation_id), None)
    if gone is None:
        return
    bodies = [body for body in application.bodies[1:] if body is not gone]
    _save_joint(application, bodies, False, {"removed": gone.full_name}, actor=actor, at=at)


def confirm_joint_applicants(application: Application, *, actor: Actor, at: datetime) -> None:
    """Say that the list of joint applicants is complete, also when it is empty. Raises NotAllowed."""
    application = open_for_editing(application, actor, at)
    bodies = application.bodies[1:]
    _save_joint(application, bodies, True, {"confirmed": [it.full_name for it in bodies]}, actor=actor, at=at)


def _save_joint(
    application: Application,
    bodies: list[Organisation],
    complete: bool,
    changes: dict[str, Any],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    response = held(application.answered)
    section = response.form.section_of[JOINT]
    entered = {"bodies": [{"id": body.id} for body in bodies], "complete": complete}
    values = {JOINT: response.form.questions[JOINT].asked.parse(entered)}
    version = response.version_of(section)
    save(application, section, values, version=version, changes=changes, actor=actor, at=at)


def joint_candidates(application: Application, words: str, *, at: datetime, limit: int) -> list[Organisation]:
    """Local governments by name, kana or code that are not in the application yet, by code, at most `limit`."""
    today = calendar.day_of(at)
    query = select(Organisation).where(
        Organisation.body_kind.in_(tuple(HEAD_TITLES)),
        Organisation.id.not_in([body.id for body in application.bodies]),
        Organisation.valid_until.is_(None) | (Organisation.valid_until >= today),
    )
    found = BodySearch("q", "", []).narrow(query, words)
    return list(db.session.scalars(found.order_by(Organisation.code).limit(limit)))


def open_for_editing(application: Application, actor: Actor, at: datetime) -> Application:
    """The application as it is now, its row held until the commit. Raises NotAllowed when it is closed to `actor`."""
    application = held(application)
    must_be_open(application, "edit", actor=actor, at=at)
    return application


def _is_empty(application: Application) -> bool:
    return application in DRAFT and not application.saves


def keep_up(application: Application) -> list[JointApplicant]:
    """What lists and searches need of the answers. Returns the joint applicants that are not named any more."""
    values = application.answered.values
    technologies = values.get(TECHNOLOGY, {})
    application.title = values.get(TITLE, "")
    application.technologies = technologies.get("names", [])
    application.technologies_etc = technologies.get("etc", False)
    application.technologies_other = technologies.get("other", "")
    ids = [body["id"] for body in values.get(JOINT, {}).get("bodies", ())]
    there = {joint.organisation_id: joint for joint in application.joint_applicants}
    gone = [joint for key, joint in there.items() if key not in ids]
    for joint in gone:
        application.joint_applicants.remove(joint)
    for position, key in enumerate(ids, start=1):
        if key in there:
            there[key].position = position
        else:
            body = db.session.get_one(Organisation, key)
            application.joint_applicants.append(JointApplicant(organisation=body, position=position))
    if application in BEFORE_SUBMISSION:
        ask_again_if_needed(application)
    return gone


def forget_sending_back(application: Application) -> None:
    """What the approver asked for has been dealt with."""
    application.sent_back_at, application.sent_back_by, application.sent_back_reason = None, "", ""


def _take_report_back(application: Application, actor: Actor) -> None:
    """Who reported a correction as mended and goes on changing it has it again, as one takes a draft back.

    What the approver changes meanwhile is theirs to resubmit, and stays with them.
    """
    correction = application.open_correction
    if correction and correction.mended_at and not actor.may("application.submit", application):
        correction.mended_at, correction.mended_by = None, ""
        forget_sending_back(application)
