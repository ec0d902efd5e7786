"""The mails about the consent of joint applicants. What bodies do among themselves before they submit stays with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.applications.joint_models import JointApplicant
from app.applications.mails import to_the_second
from app.applications.models import Application, Submission
from app.correspondence import outbox
from app.lifecycle.joint_applicant import CONSENTED, KNOWS_OF_IT
from app.organisations.contacts import seat_mailboxes
from app.organisations.models import Organisation
from app.permissions import APPROVER, EDITOR, MUNICIPAL


def asked(joint: JointApplicant, *, at: datetime) -> None:
    """To every approver of the joint applicant: what it takes part in waits for their consent."""
    _send_to_it(
        joint,
        f"consent-asked:{joint.id}:{at.isoformat()}",
        "joint_consent_asked",
        _mailboxes(joint.organisation, (APPROVER,), at),
        at=at,
        asked_by=joint.asked_by,
        due=joint.application.due_at,
    )


def reminder(joint: JointApplicant, *, occasion: str, at: datetime) -> None:
    """To every approver of the joint applicant that has not answered yet."""
    due = joint.application.due_at
    assert due is not None
    _send_to_it(
        joint,
        occasion,
        "joint_consent_reminder",
        _mailboxes(joint.organisation, (APPROVER,), at),
        at=at,
        due=due,
        days=calendar.days_until(due, at),
    )


def answered(joint: JointApplicant, *, all_given: bool, at: datetime) -> None:
    """To editors and approvers of the lead: it consented, or why it did not. `all_given`: nobody is waited for."""
    application = joint.application
    outbox.send(
        "joint_consent_answered",
        to=_mailboxes(application.organisation, MUNICIPAL, at),
        about=application,
        occasion=f"consent-answered:{joint.id}:{at.isoformat()}",
        at=at,
        audience="applicant",
        values={
            "application": application,
            "body": application.organisation,
            "call": application.call,
            "joint": joint,
            "consented": joint in CONSENTED,
            "all_given": all_given,
            "due": application.due_at,
            "url": outbox.absolute_url("applications.check", application_id=application.id),
        },
    )


def left_out(application: Application, joint: JointApplicant, *, at: datetime) -> None:
    """To a body that was asked and that the lead does not name any more: nothing is wanted of it now."""
    if joint in KNOWS_OF_IT:
        _send_news(application, joint.organisation, f"left-out:{joint.id}", at=at, what="left_out")


def submitted(application: Application, submission: Submission, *, at: datetime) -> None:
    """To each body that was asked: what it takes part in was handed in, under which number."""
    for joint in application.joint_applicants:
        if joint in KNOWS_OF_IT:
            _send_news(
                application,
                joint.organisation,
                f"joint-submitted:{submission.id}:{joint.id}",
                at=at,
                what="submitted",
                received=to_the_second(submission.received_at),
            )


def withdrawn(application: Application, *, at: datetime) -> None:
    """To each body that was asked, also where nothing was handed in yet."""
    for joint in application.joint_applicants:
        if joint in KNOWS_OF_IT:
            _send_news(
                application, joint.organisation, f"joint-withdrawn:{joint.id}", at=at, what="withdrawn"
            )


def _send_news(
    application: Application,
    body: Organisation,
    occasion: str,
    *,
    at: datetime,
    what: str,
    received: str = "",
) -> None:
    outbox.send(
        "joint_application_news",
        to=_mailboxes(body, (APPROVER, EDITOR), at),
        about=application,
        occasion=occasion,
        at=at,
        audience="applicant",
        values={
            "application": application,
            "body": body,
            "call": application.call,
            "what": what,
            "received": received,
        },
    )


def _send_to_it(
    joint: JointApplicant,
    occasion: str,
    template: str,
    to: list[outbox.Recipient],
    *,
    at: datetime,
    **values: Any,
) -> None:
    url = outbox.absolute_url("applications.joint_applicant", joint_applicant_id=joint.id)
    outbox.send(
        template,
        to=to,
        about=joint.application,
        occasion=occasion,
        at=at,
        audience="applicant",
        values={
            "joint": joint,
            "body": joint.organisation,
            "application": joint.application,
            "call": joint.application.call,
            "url": url,
            **values,
        },
    )


def _mailboxes(
    body: Organisation, roles: tuple[str, ...] | frozenset[str], at: datetime
) -> list[outbox.Recipient]:
    return outbox.mailboxes(seat_mailboxes(body.id, roles, calendar.day_of(at)))
