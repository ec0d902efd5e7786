"""Submission: the draft goes to the approver and from there, in time, to the office.

The approver submits, or sends back with a reason. A returned application goes the same way without a state of its
own: it stays returned, and its correction carries who reported it as mended and when.

What is handed in is frozen word for word with its hash. The server's clock decides: before the opening instant it is
too early, at the closing instant too late. A returned application has a due instant of its own, also after the call
has closed.

What counts is when the request `arrived`, whole (到達), however long it then waited to be dealt with; `at` is the
instant of dealing with it, by which the history goes. Without `arrived`, the one is the other.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from app.actors import Actor
from app.applications import consent_mails, consents, mails, prints
from app.applications.content import content_of, fingerprint
from app.applications.drafting import forget_sending_back
from app.applications.models import Application, Submission
from app.applications.numbering import give_number
from app.applications.sections import refuse_incomplete
from app.db import db, held
from app.lifecycle import move, must_be_open
from app.programmes.models import Call
from app.seals import canonical, seal_of

SCHEMA = 2  # see content.py


class TooLate(Exception):
    """The instant until which it could have been submitted (`due_at`, JST) has come."""

    def __init__(self, application: Application, due_at: datetime | None) -> None:
        super().__init__(f"application {application.id} was due before {due_at}")
        self.application, self.due_at = application, due_at


class TooEarly(Exception):
    """The call opens at `opens_at` (JST), and nothing can be submitted to it before."""

    def __init__(self, application: Application, opens_at: datetime | None) -> None:
        super().__init__(f"application {application.id} can be submitted from {opens_at}")
        self.application, self.opens_at = application, opens_at


class ChangedSinceSeen(Exception):
    """It was changed after whoever decides opened the page: a section saved, or for the office handed in anew."""


def hand_over(
    application: Application, *, actor: Actor, at: datetime, arrived: datetime | None = None
) -> bool:
    """Give the draft to the approver; from now nobody edits it. Whether they are told by mail: see mails.py.

    Raises TooEarly before the opening instant, TooLate from the closing instant on, Incomplete while something is
    missing, NotAllowed.
    """
    application = _held_with_answers(application)
    arrived = _decisive(application, arrived, at)
    # Nobody is sent to complete what can no longer be handed in, or to submit what cannot be yet.
    if application.closes_at is not None and arrived >= application.closes_at:
        raise TooLate(application, application.closes_at)
    _refuse_early(application, application.call, arrived)
    refuse_incomplete(application)
    move(application, "hand_over", actor=actor, at=at)
    return mails.approval_requested(application, actor=actor, at=at)


def take_back(application: Application, *, actor: Actor, at: datetime) -> None:
    """引戻し, the editor's own act: back from the approver to go on drafting. Raises NotAllowed."""
    application = _held_with_answers(application)
    move(application, "take_back", actor=actor, at=at)
    forget_sending_back(application)  # what was asked then had been mended and handed over


def send_back(application: Application, *, reason: str, actor: Actor, at: datetime) -> bool:
    """差戻し: the approver gives a draft, or a correction reported as mended, back to the editor, who sees why.

    Returns whether the editors are told by mail.

    Raises ValueError without a reason, NotAllowed when it does not lie with the approver or `actor` is none.
    """
    if not reason.strip():
        raise ValueError("sending back needs a reason")
    application = _held_with_answers(application)
    move(application, sending_back(application), actor=actor, at=at, changes={"reason": reason})
    if correction := application.open_correction:
        correction.mended_at, correction.mended_by = None, ""
    application.sent_back_at, application.sent_back_by = at, actor.name
    application.sent_back_reason = reason
    return mails.sent_back(application, at=at)


def sending_back(application: Application) -> str:
    """The move by which it goes back to the editor."""
    return "refuse_mended" if application.open_correction else "send_back"


def report_mended(
    application: Application, *, actor: Actor, at: datetime, arrived: datetime | None = None
) -> bool:
    """Tell the approver that a returned application is mended and can be resubmitted. Whether by mail: see mails.py.

    Raises TooLate from its due instant on, NotAllowed unless it stands returned, Incomplete while something is
    missing.
    """
    application = _held_with_answers(application)
    arrived = _decisive(application, arrived, at)
    if application.has_lapsed(arrived):
        raise TooLate(application, application.corrections[-1].due_at)
    must_be_open(application, "report_mended", actor=actor, at=at)
    refuse_incomplete(application)
    move(application, "report_mended", actor=actor, at=at)
    correction = application.corrections[-1]
    correction.mended_at, correction.mended_by = at, actor.name
    return mails.approval_requested(application, actor=actor, at=at)


def submit(
    application: Application,
    *,
    seen: str | None = None,
    actor: Actor,
    at: datetime,
    arrived: datetime | None = None,
) -> Submission:
    """Hand the application in: it gets its number, is frozen, and a receipt is mailed.

    `at` and `arrived` are the server's clock; `seen` is the fingerprint of what the approver read. Raises TooEarly
    before the opening instant, TooLate at and after the closing instant, Incomplete, Unconsented (consents.py),
    ChangedSinceSeen, NotAllowed.
    Numbers run per call: its row is held, so that two bodies in the same second get two numbers.
    """
    call = held(application.call)
    application = _held_with_answers(application)
    arrived = _decisive(application, arrived, at)
    must_be_open(application, "submit", actor=actor, at=at)  # before anything is given out
    _refuse_early(application, call, arrived)
    if not call.takes_submissions_at(arrived, application.grace_until):
        raise TooLate(application, application.closes_at)
    _refuse_unread(application, seen)
    if application.number is None:
        give_number(application, call)
    return _hand_in(application, "submit", actor=actor, at=at, arrived=arrived)


def resubmit(
    application: Application,
    *,
    seen: str | None = None,
    actor: Actor,
    at: datetime,
    arrived: datetime | None = None,
) -> Submission:
    """Hand in a mended application, before its own due instant and also after the call has closed.

    Raises TooLate at and after the due instant, Incomplete, Unconsented (consents.py), ChangedSinceSeen, NotAllowed
    (also once the call has been decided).
    """
    held(application.call)  # nobody decides while it comes back, or it comes back to a decided call
    application = _held_with_answers(application)
    arrived = _decisive(application, arrived, at)
    if application.has_lapsed(arrived):  # before anything that would tell how far the office is
        raise TooLate(application, application.corrections[-1].due_at)
    must_be_open(application, "resubmit", actor=actor, at=at)
    correction = application.corrections[-1]
    _refuse_unread(application, seen)
    submission = _hand_in(application, "resubmit", actor=actor, at=at, arrived=arrived)
    correction.resubmitted_at, application.correction_due_at = arrived, None
    return submission


def withdraw(application: Application, *, reason: str, actor: Actor, at: datetime) -> None:
    """Withdraw it, for good, before the results are announced. Raises NotAllowed, ValueError without a reason.

    The office is told when it had been handed in.
    """
    if not reason.strip():
        raise ValueError("a withdrawal needs a reason")
    application = _held_with_answers(application)
    was_submitted = application.submitted_at is not None
    move(application, "withdraw", actor=actor, at=at, changes={"reason": reason})
    application.withdrawal_reason = reason
    if was_submitted:
        mails.withdrawn(application, at=at)
    consent_mails.withdrawn(application, at=at)


def _hand_in(
    application: Application, name: str, *, actor: Actor, at: datetime, arrived: datetime
) -> Submission:
    content = {
        "schema": SCHEMA,
        "number": application.number,
        "received_at": arrived.isoformat(),
        "submitted_by": actor.name,
        **content_of(application),
    }
    if consented := consents.frozen(application):
        content["consents"] = consented
    digest = hashlib.sha256(canonical(content)).hexdigest()
    submission = Submission(
        received_at=arrived, submitted_by=actor.name, content=content, sha256=digest, created_at=at
    )
    submission.receipt = prints.receipt(submission, application).to_json()
    application.submitted_at, application.submitted_title = arrived, application.title
    for joint in application.joint_applicants:
        joint.submitted = True
    seal = seal_of(submission, application_id=application.id)
    changes = {"number": application.number, "sha256": digest, "seal": seal, "received_at": arrived}
    move(application, name, actor=actor, at=at, changes=changes)
    application.submissions.append(submission)
    forget_sending_back(application)
    db.session.flush()
    mails.receipt(application, submission, at=at)
    consent_mails.submitted(application, submission, at=at)
    return submission


def _decisive(application: Application, arrived: datetime | None, at: datetime) -> datetime:
    """The instant that decides, and goes on record as received: when the request arrived.

    What was written only while the request waited did not arrive with it: the instant is never before the last save
    of a section, or the return that is answered. So a submission is never older than what it holds.
    """
    if arrived is None:
        return at
    written = [datetime.fromisoformat(saved["at"]) for saved in application.saves.values()]
    returned = [correction.asked_at for correction in application.corrections]
    return min(at, max(arrived, *written, *returned, application.created_at))


def _refuse_early(application: Application, call: Call, at: datetime) -> None:
    if call.opens_after(at):
        raise TooEarly(application, call.opens_at)


def _refuse_unread(application: Application, seen: str | None) -> None:
    refuse_incomplete(application)
    consents.refuse_without_consent(application)
    if seen is not None and seen != fingerprint(application):
        raise ChangedSinceSeen


def _held_with_answers(application: Application) -> Application:
    """First itself, as every save of a section does: in another order the two would wait for each other."""
    application = held(application)
    held(application.answered)
    return application
