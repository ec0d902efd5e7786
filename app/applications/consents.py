"""The consent of joint applicants (共同申請者の同意), which the lead needs before it submits.

The lead asks once nothing is missing; an approver of each body reads what is to be handed in and consents, or does not
for a reason. A consent is about that text: once an answer is changed, the body is asked anew. A body that has nobody
who could approve consents in writing: the lead files the document among the attachments. Whether a call asks for
consents at all is data of the call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from app import calendar
from app.actors import Actor
from app.applications import attachments
from app.applications import consent_mails as mails
from app.applications.attachments import files_of
from app.applications.content import content_of, named
from app.applications.joint_models import JointApplicant
from app.applications.models import Application
from app.applications.sections import refuse_incomplete
from app.db import db, held
from app.explained import Explained
from app.lifecycle import JOINT_APPLICANT, N_, move, must_be_open
from app.lifecycle.application import RETURNED, WITH_APPLICANT
from app.lifecycle.call import UNDECIDED
from app.lifecycle.joint_applicant import ASKED, CONSENTED, FILED, OUTDATED
from app.organisations.models import Organisation, Seat, Tenure
from app.organisations.successors import stands_for
from app.permissions import APPROVER
from app.programmes.models import Call
from app.programmes.rules import CONSENT
from app.questions.kinds.file import File
from app.seals import canonical
from app.storage import Incoming

HAS_APPROVER = N_("This body has an approver here, who consents on their own page. Ask them there.")
BY_APPROVER, BY_DOCUMENT = "approver", "document"  # how it consented, in what is frozen


class Unconsented(Exception):
    """It cannot be submitted yet: `bodies` (names) have not consented to it as it is now."""

    def __init__(self, bodies: list[str]) -> None:
        super().__init__(", ".join(bodies))
        self.bodies = bodies


class ReadAnew(Exception):
    """The application was changed after whoever consents opened the page."""


class NotFiled(Explained, ValueError):
    """A written consent that is not taken, and why."""


@dataclass(frozen=True)
class Consent:
    """Where the consent of one joint applicant stands. Shown as its record is, but for one that is outdated."""

    joint: JointApplicant
    standing: str
    has_approver: bool

    @property
    def kind(self) -> str:
        return self.joint.kind

    @property
    def state(self) -> str:
        return self.standing

    @property
    def is_given(self) -> bool:
        return self in CONSENTED or self in FILED

    @property
    def is_outdated(self) -> bool:
        """It consented, to what the application says no more."""
        return not self.is_given and self.joint in CONSENTED

    @property
    def is_to_be_asked(self) -> bool:
        return self.has_approver and not self.is_given and self.joint not in ASKED


def asks_consent(application: Application) -> bool:
    """Whether its call wants the joint applicants to consent."""
    return application.call.joint_consent == CONSENT


def consents_of(application: Application) -> list[Consent]:
    """Of each joint applicant, in their order; none where the call asks for none."""
    return _standing_of(application, application.joint_applicants) if asks_consent(application) else []


def consent_of(joint: JointApplicant) -> Consent:
    """The same of one."""
    return _standing_of(joint.application, [joint])[0]


def refuse_without_consent(application: Application) -> None:
    """Raises Unconsented while a joint applicant has not consented to what the application says now."""
    if bodies := [it.joint.organisation.full_name for it in consents_of(application) if not it.is_given]:
        raise Unconsented(bodies)


def text_of(application: Application) -> str:
    """The hash of what is consented to: all answers, without the documents by which other bodies consent."""
    documents = {joint.consented_to for joint in application.joint_applicants if joint in FILED}
    content = content_of(application)
    for section in content["sections"]:
        for answer in section["answers"]:
            if answer["kind"] == File.name:
                answer["value"] = [file for file in answer["value"] if file["sha256"] not in documents]
    return hashlib.sha256(canonical(content)).hexdigest()


def ask(application: Application, *, actor: Actor, at: datetime) -> list[str]:
    """Ask every joint applicant that has not consented to what it says now; their names.

    Raises Incomplete while something is missing, NotAllowed unless the application waits to be submitted, in time.
    """
    application = held(application)
    refuse_incomplete(application)
    asked = [it.joint for it in consents_of(application) if it.is_to_be_asked]
    for joint in asked:
        must_be_open(joint, "ask", actor=actor, at=at)
        joint.asked_at, joint.asked_by = at, actor.name
        move(joint, "ask", actor=actor, at=at)
        _answer(joint, None, None)
        mails.asked(joint, at=at)
    names = [joint.organisation.full_name for joint in asked]
    if names:
        application.record(
            "joint_consents_asked", actor=actor, at=at, audience="applicant", changes={"bodies": names}
        )
    return names


def consent(joint: JointApplicant, *, seen: str | None, actor: Actor, at: datetime) -> None:
    """Consent, as an approver of the joint applicant, to what the application says now; the lead is told.

    `seen` is what the page showed (`text_of`). Raises ReadAnew when it was changed since, NotAllowed.
    """
    application = held(joint.application)  # nobody saves or submits meanwhile
    joint = held(joint)
    must_be_open(joint, "consent", actor=actor, at=at)
    text = text_of(application)
    if seen is not None and seen != text:
        raise ReadAnew
    _answer(joint, actor, at, to=text)
    move(joint, "consent", actor=actor, at=at, changes={"sha256": text})
    _note(joint, "joint_consented", actor=actor, at=at)
    mails.answered(joint, all_given=all(it.is_given for it in consents_of(application)), at=at)


def decline(joint: JointApplicant, *, reason: str, actor: Actor, at: datetime) -> None:
    """Do not consent, or not any more, for a reason that the lead reads. Raises NotAllowed, ValueError without one."""
    if not reason.strip():
        raise ValueError("not to consent needs a reason")
    held(joint.application)
    joint = held(joint)
    must_be_open(joint, "decline", actor=actor, at=at)
    _answer(joint, actor, at, remark=reason.strip())
    move(joint, "decline", actor=actor, at=at, changes={"reason": joint.remark})
    _note(joint, "joint_declined", actor=actor, at=at)
    mails.answered(joint, all_given=False, at=at)


def file_consent(
    joint: JointApplicant,
    filename: str,
    content: Incoming | bytes,
    *,
    max_bytes: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep the written consent of a body that has nobody who could approve, as one of the attachments.

    Raises NotFiled for a body that has an approver, as `attachments.add_attachment` for a file that is not taken.
    """
    application = held(joint.application)
    must_be_open(joint, "file", actor=actor, at=at)
    if joint.organisation_id in _with_an_approver([joint.organisation_id], at):
        raise NotFiled(HAS_APPROVER)
    if earlier := next((it for it in application.attachments if it.sha256 == joint.consented_to), None):
        attachments.remove_attachment(application, earlier.id, actor=actor, at=at)
    file = attachments.add_attachment(application, filename, content, max_bytes=max_bytes, actor=actor, at=at)
    joint = held(joint)
    _answer(joint, actor, at, to=file.sha256)
    move(joint, "file", actor=actor, at=at, changes={"sha256": file.sha256, "filename": file.filename})
    _note(joint, "joint_consent_filed", actor=actor, at=at)


def frozen(application: Application) -> list[dict[str, Any]]:
    """How each joint applicant consented, as a submission keeps it."""
    files = {file.sha256: file.filename for file in files_of(application)}
    found = []
    for it in consents_of(application):
        joint = it.joint
        assert joint.answered_at is not None  # else it is not submitted
        one = {**named(joint.organisation), "by": joint.answered_by, "at": joint.answered_at.isoformat()}
        if joint in FILED:
            one |= {"how": BY_DOCUMENT, "sha256": joint.consented_to, "filename": files[joint.consented_to]}
        else:
            one |= {"how": BY_APPROVER, "sha256": joint.consented_to}
        found.append(one)
    return found


def awaited_of(bodies: Sequence[int | None], at: datetime) -> Sequence[Any]:
    """What waits for the consent of one of these bodies and can still be submitted at `at`: rows (id, title, call, lead, due)."""
    due = case((RETURNED.of(Application), Application.correction_due_at), else_=Application.closes_at)
    query = (
        select(
            JointApplicant.id,
            Application.title,
            Call.title.label("call"),
            Organisation.full_name.label("lead"),
            due.label("due"),
        )
        .join(JointApplicant.application)
        .join(Application.call)
        .join(Application.organisation)
        .where(
            JointApplicant.organisation_id.in_(bodies),
            ASKED.of(JointApplicant),
            WITH_APPLICANT.of(Application),
            UNDECIDED.of(Call),
            due > at,
        )
    )
    return db.session.execute(query.order_by(JointApplicant.id)).all()


def _standing_of(application: Application, joint: Sequence[JointApplicant]) -> list[Consent]:
    if not joint:
        return []
    text, attached = text_of(application), {file.sha256 for file in files_of(application)}
    approving = _with_an_approver([it.organisation_id for it in joint], calendar.now())
    return [Consent(it, _standing(it, text, attached), it.organisation_id in approving) for it in joint]


def _standing(joint: JointApplicant, text: str, attached: set[str]) -> str:
    if joint in CONSENTED and joint.consented_to != text:
        return OUTDATED
    if joint in FILED and joint.consented_to not in attached:
        return JOINT_APPLICANT.initial  # the document was taken off the application
    return joint.state


def _with_an_approver(bodies: Iterable[int], at: datetime) -> frozenset[int]:
    """Those of these bodies (ids) for which somebody can consent at `at`."""
    now = stands_for(set(bodies))
    query = (
        select(Seat.organisation_id)
        .join(Tenure, Tenure.seat_id == Seat.id)
        .where(
            Seat.organisation_id.in_(set(now.values())),
            Seat.role == APPROVER,
            Tenure.holds(calendar.day_of(at)),
        )
    )
    approving = set(db.session.scalars(query))
    return frozenset(body for body, stands in now.items() if stands in approving)


def _answer(
    joint: JointApplicant, actor: Actor | None, at: datetime | None, *, remark: str = "", to: str = ""
) -> None:
    """What it answers now, in the place of what it answered before; without `actor`: nothing yet."""
    joint.answered_at, joint.answered_by = at, actor.name if actor else ""
    joint.remark, joint.consented_to = remark, to


def _note(joint: JointApplicant, event: str, *, actor: Actor, at: datetime) -> None:
    """In the history of the application too, which the lead reads."""
    changes = {"body": joint.organisation.full_name}
    joint.application.record(event, actor=actor, at=at, audience="applicant", changes=changes)
