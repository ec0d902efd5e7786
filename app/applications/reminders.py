"""What the deadline rules are about: drafts before the call closes, returned applications before their due instant, and
joint applicants that hold either up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.applications import consent_mails, mails
from app.applications.joint_models import JointApplicant
from app.applications.models import Application
from app.applications.progress import not_opened
from app.db import db
from app.lifecycle.application import BEFORE_SUBMISSION, RETURNED, WITH_APPLICANT
from app.lifecycle.call import UNDECIDED
from app.lifecycle.joint_applicant import ASKED
from app.programmes.models import Call
from app.schedule.reminders import DueReminder, Subject


def deadline_subjects(at: datetime) -> Iterator[Subject]:
    """Drafts to calls that are still open at `at`, to their applicants at least (猶予)."""
    query = (
        select(Application)
        .join(Application.call)
        .where(BEFORE_SUBMISSION.of(Application), UNDECIDED.of(Call), Application.closes_at > at)
        .options(contains_eager(Application.call), joinedload(Application.organisation))
        .order_by(Application.id)
    )
    for application in db.session.scalars(query):
        assert application.closes_at is not None
        yield _subject(application, application.closes_at)


def correction_subjects(at: datetime) -> Iterator[Subject]:
    """Returned applications whose due instant is still to come at `at`."""
    for application in db.session.scalars(_returned(at)):
        assert application.correction_due_at is not None
        yield _subject(application, application.correction_due_at)


def _returned(at: datetime) -> Select:
    return (
        select(Application)
        .join(Application.call)
        .where(RETURNED.of(Application), Application.correction_due_at > at, UNDECIDED.of(Call))
        .options(
            contains_eager(Application.call),
            joinedload(Application.organisation),
            selectinload(Application.corrections),
        )
        .order_by(Application.id)
    )


def remind_of_deadline(due: DueReminder, at: datetime) -> None:
    """Queue the mail. Nothing for a draft that was submitted, or whose call was extended, since it was found."""
    application = db.session.get_one(Application, due.subject.id, populate_existing=True)
    if application in BEFORE_SUBMISSION and application.due_at == due.subject.until:
        mails.deadline_reminder(application, occasion=due.occasion, at=at)


def remind_of_correction(due: DueReminder, at: datetime) -> None:
    """Queue the mail. Nothing for one that was resubmitted, or given more time, since it was found."""
    application = db.session.get_one(Application, due.subject.id, populate_existing=True)
    if application in RETURNED and application.due_at == due.subject.until:
        mails.correction_reminder(
            application, waits=application.is_with_approver, occasion=due.occasion, at=at
        )


def unopened_subjects(at: datetime) -> Iterator[Subject]:
    """Returned applications that nobody of the body has looked at yet, counted from the day of the return."""
    for application in db.session.scalars(_returned(at).where(not_opened())):
        assert application.correction_due_at is not None
        subject = _subject(application, application.correction_due_at)
        yield replace(subject, anchor=application.corrections[-1].asked_at, in_business_days=True)


def remind_of_unopened(due: DueReminder, at: datetime) -> None:
    """Queue the mail. Nothing for one that was opened, resubmitted or returned anew since it was found."""
    application = db.session.get_one(Application, due.subject.id, populate_existing=True)
    correction = application.open_correction
    if (
        application in RETURNED
        and correction
        and not correction.opened_at
        and correction.asked_at == due.subject.anchor
    ):
        mails.correction_unopened(application, correction, occasion=due.occasion, at=at)


def consent_subjects(at: datetime) -> Iterator[Subject]:
    """Joint applicants that were asked to consent and have not answered, while the application can be submitted."""
    query = (
        select(JointApplicant)
        .join(JointApplicant.application)
        .join(Application.call)
        .where(ASKED.of(JointApplicant), WITH_APPLICANT.of(Application), UNDECIDED.of(Call))
        .options(
            contains_eager(JointApplicant.application).contains_eager(Application.call),
            contains_eager(JointApplicant.application).joinedload(Application.organisation),
            contains_eager(JointApplicant.application).selectinload(Application.corrections),
        )
        .order_by(JointApplicant.id)
    )
    for joint in db.session.scalars(query):
        due = joint.application.due_at
        if due is not None and due > at:
            subject = _subject(joint.application, due)
            yield replace(subject, kind=joint.kind, id=joint.id, since=joint.asked_at)


def remind_of_consent(due: DueReminder, at: datetime) -> None:
    """Queue the mail. Nothing for one that has answered, was asked anew or left out since it was found.

    Nor where the application was withdrawn, or has another time, since then.
    """
    joint = db.session.get(JointApplicant, due.subject.id, populate_existing=True)
    if joint is None or joint not in ASKED or joint.asked_at != due.subject.since:
        return
    if joint.application in WITH_APPLICANT and joint.application.due_at == due.subject.until:
        consent_mails.reminder(joint, occasion=due.occasion, at=at)


def _subject(application: Application, until: datetime) -> Subject:
    # A draft begun, or a return made, after a reminder's day is not reminded of that day.
    since = application.corrections[-1].asked_at if application in RETURNED else application.created_at
    # The office reads of this: a body's name, and of the application what was handed in.
    number, body = application.number or "", application.organisation.full_name
    return Subject(
        "application",
        application.id,
        anchor=until,
        until=until,
        since=since,
        name=" ".join(part for part in (number, body, application.submitted_title) if part),
        page=("applications.show", {"application_id": application.id}) if application.submitted_at else None,
    )
