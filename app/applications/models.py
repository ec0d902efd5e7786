"""Applications with their responses to the call's form, submissions and corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload, validates

from app import calendar
from app.actors import Actor
from app.applications.content import Content
from app.applications.delegation_models import Delegation
from app.applications.joint_models import JointApplicant
from app.db import Model, OneLine, Searchable, UtcDateTime, asked_once, db
from app.lifecycle import APPLICATION
from app.lifecycle.application import BEFORE_SUBMISSION, EDITABLE, IN_APPROVAL, LAPSED, RETURNED, TO_CORRECT
from app.organisations.models import Organisation
from app.permissions import OFFICE
from app.programmes.form import FILES, JOINT, SUMMARY
from app.programmes.models import Call, Programme
from app.questions.models import Response
from app.seals import canonical

OF_RESULTS = (
    "record_result",
    "result_changed",
)  # events of the history; to the office alone until the announcement


class Application(Searchable, Model):
    """One body's proposal to one call. `organisation` leads; joint applicants stand beside it."""

    __tablename__ = "applications"
    kind = "application"
    # The office does not find a text that the applicant has not submitted yet.
    searched = {"search_text": ("number", "title"), "submitted_search_text": ("number", "submitted_title")}

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    lead_code: Mapped[str | None] = mapped_column(
        String(6)
    )  # its body's, which never changes: lists go by it
    # Given at the first submission: R5-0001.
    number: Mapped[str | None] = mapped_column(String(30), unique=True)
    sequence: Mapped[int | None]  # within the call
    state: Mapped[str] = mapped_column(String(20), default=APPLICATION.initial)
    # What the body answers to the call's form. Of it, lists and searches need the title, the technologies and the
    # joint applicants: each save keeps these up to date (drafting.py).
    response_id: Mapped[int | None] = mapped_column(ForeignKey("responses.id"))
    title: Mapped[str] = mapped_column(OneLine, default="")  # a draft is kept even while it is too long
    technologies: Mapped[list[str]] = mapped_column(JSON, default=list)
    technologies_etc: Mapped[bool] = mapped_column(default=False)  # 「等」: and others
    technologies_other: Mapped[str] = mapped_column(OneLine, default="")
    submitted_title: Mapped[str] = mapped_column(
        OneLine, default=""
    )  # the office does not see what is being mended
    submitted_search_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last submission
    correction_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Until when its body was given more time than all others (猶予): see graces.py.
    grace_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The officer's seat that checks it; whoever holds the seat has it as a task. None: all officers have.
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    # What the approver found when it last lay with them; gone once it is submitted or the editor takes it back.
    sent_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_back_by: Mapped[str] = mapped_column(String(200), default="")
    sent_back_reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    response: Mapped[Response | None] = relationship()
    joint_applicants: Mapped[list[JointApplicant]] = relationship(
        back_populates="application", order_by="JointApplicant.position", cascade="all, delete-orphan"
    )
    submissions: Mapped[list[Submission]] = relationship(
        back_populates="application", order_by="Submission.id"
    )
    corrections: Mapped[list[Correction]] = relationship(
        back_populates="application", order_by="Correction.id"
    )

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in APPLICATION.states)})", name="state"),
        CheckConstraint(
            "state IN ('draft', 'in_approval', 'withdrawn') OR (number IS NOT NULL AND submitted_at IS NOT NULL)",
            name="submitted_has_number",
        ),
        CheckConstraint(
            "state NOT IN ('returned', 'lapsed') OR correction_due_at IS NOT NULL", name="returned_has_due"
        ),
        CheckConstraint("(sent_back_at IS NULL) = (sent_back_reason = '')", name="sent_back_has_reason"),
        UniqueConstraint("call_id", "sequence"),
        # The list's order, after each of what it is narrowed or ordered by: see app/web/paging.py.
        *(
            Index(f"ix_applications_{'_'.join((*first, 'submitted_at_id'))}", *first, "submitted_at", "id")
            for first in (
                (),
                ("call_id",),
                ("state",),
                ("organisation_id",),
                ("lead_code",),
                ("assignee_id",),
            )
        ),
    )

    @staticmethod
    def ordered_by_title(title: Any) -> ColumnElement[str]:
        """What a list goes by: an index takes no text of any length, nor an expression with parameters."""
        return func.substr(title, text("1"), text("100"))

    @validates("organisation")
    def _of_the_lead(self, _name: str, body: Organisation) -> Organisation:
        self.lead_code = body.code
        return body

    @property
    def programme(self) -> Programme:
        return self.call.programme

    @property
    def bodies(self) -> list[Organisation]:
        """All applicants, the lead first."""
        return [self.organisation, *(joint.organisation for joint in self.joint_applicants)]

    @property
    def submitted_bodies(self) -> list[Organisation]:
        """All applicants as last handed in: the office does not see who is being added meanwhile."""
        return [
            self.organisation,
            *(joint.organisation for joint in self.joint_applicants if joint.submitted),
        ]

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        """Only the lead acts for the application."""
        return self.organisation_id == body_id

    @hybrid_method
    def lets_in(self, seat_id: int | None) -> bool:
        """Whether its body has let the consultant in this seat into it, and the time runs."""
        return self.id == asked_once(("let into", seat_id), lambda: db.session.scalar(_let_into(seat_id)))

    @lets_in.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _lets_in(cls, seat_id: int | None) -> ColumnElement[bool]:
        return cls.id.in_(_let_into(seat_id))

    @hybrid_property
    def was_submitted(self) -> bool:
        """Whether it was handed in at any time."""
        return self.submitted_at is not None

    @was_submitted.inplace.expression
    @classmethod
    def _was_submitted(cls) -> ColumnElement[bool]:
        return cls.submitted_at.is_not(None)

    @hybrid_property
    def closes_at(self) -> datetime | None:
        """The instant at which its first submission is refused: the call's, or a later one that its body was granted."""
        return max(filter(None, (self.call.closes_at, self.grace_until)), default=None)

    @closes_at.inplace.expression
    @classmethod
    def _closes_at(cls) -> ColumnElement[datetime]:
        """A query wants Call joined."""
        return case((cls.grace_until > Call.closes_at, cls.grace_until), else_=Call.closes_at)

    @property
    def came_in_grace(self) -> bool:
        """Whether it was first submitted when the call had closed for all others."""
        first = self.submissions[0].received_at if self.submissions else None
        return self.grace_until is not None and first is not None and self.call.has_closed_at(first)

    @property
    def is_editable(self) -> bool:
        return self in EDITABLE

    @property
    def due_at(self) -> datetime | None:
        """The instant at which the applicant's next submission is refused; None when none is awaited."""
        if self in BEFORE_SUBMISSION:
            return self.closes_at
        return self.correction_due_at if self in RETURNED else None

    @property
    def is_with_approver(self) -> bool:
        """Handed over, or returned by the office and reported as mended: the approver is to submit it."""
        correction = self.open_correction
        return self in IN_APPROVAL or bool(correction and correction.mended_at)

    @property
    def is_sent_back(self) -> bool:
        """The approver's reason is still to be dealt with."""
        return self.sent_back_at is not None and self.is_editable and not self.is_with_approver

    @property
    def last_submission(self) -> Submission | None:
        return self.submissions[-1] if self.submissions else None

    @property
    def last_seen_as(self) -> str:
        """Which submission a page shows: the instant from which it was there, for the page to send back as `seen`."""
        return self.last_submission.created_at.isoformat() if self.last_submission else ""

    @property
    def open_correction(self) -> Correction | None:
        """The office's last return, as long as nothing was handed in upon it."""
        return self.corrections[-1] if self in TO_CORRECT and self.corrections else None

    @property
    def is_early(self) -> bool:
        """Whether the first submission is awaited, and its call has not opened yet."""
        return self in BEFORE_SUBMISSION and self.call.opens_after(calendar.now())

    @property
    def is_late(self) -> bool:
        """Whether the time for the awaited submission has passed."""
        return self in LAPSED or (self.due_at is not None and calendar.now() >= self.due_at)

    def has_lapsed(self, at: datetime) -> bool:
        """Returned for correction and not resubmitted in time: the instant decides, not the job that records it."""
        if self in RETURNED:
            return self.correction_due_at is not None and self.correction_due_at <= at
        return self in LAPSED

    @classmethod
    def lapsed_by(cls, at: datetime) -> ColumnElement[bool]:
        """`has_lapsed`, for a query."""
        return or_(LAPSED.of(cls), and_(RETURNED.of(cls), cls.correction_due_at <= at))

    @property
    def standing(self) -> str:
        """Its state, as the instant has it: a correction that is overdue has lapsed before the day's job says so."""
        return LAPSED.only if self.has_lapsed(calendar.now()) else self.state

    @classmethod
    def stands_in(cls, states: Collection[str], at: datetime) -> ColumnElement[bool]:
        """The condition of standing in one of `states` at `at`, for lists: what has lapsed by then is not returned."""
        lapsed = cls.lapsed_by(at)
        others = APPLICATION.group(*(state for state in states if state not in LAPSED)).of(cls) & ~lapsed
        return or_(others, lapsed) if LAPSED.only in states else others

    @property
    def answered(self) -> Response:
        """What it answers to its call's form; every application has begun to."""
        assert self.response is not None
        return self.response

    @property
    def saves(self) -> dict[str, dict[str, Any]]:
        """The last save of each section, by its key."""
        return self.answered.saves

    @property
    def summary(self) -> str:
        return str(self.answered.values.get(SUMMARY, ""))

    @property
    def joint_confirmed(self) -> bool:
        """The applicant said who else applies, if anybody."""
        return bool(self.answered.values.get(JOINT, {}).get("complete"))

    @property
    def attachments(self) -> list[Attachment]:
        return [Attachment(**file) for file in self.answered.values.get(FILES, ())]

    def changed_since(self, at: datetime) -> bool:
        """Whether any section was saved after `at`."""
        return any(datetime.fromisoformat(saved["at"]) > at for saved in self.saves.values())

    def version_of(self, section: str) -> int:
        """How often the section has been saved; a page that was filled from an older version is stale."""
        return self.answered.version_of(section)

    @classmethod
    def joined_by(cls, bodies: Any, actor: Actor) -> Any:
        """The ids of those that any of `bodies` (a query of ids) takes part in, as far as `actor` knows of it."""
        joint = select(JointApplicant.application_id).where(JointApplicant.organisation_id.in_(bodies))
        return joint.where(JointApplicant.submitted) if actor.role in OFFICE else joint


def _let_into(seat_id: int | None) -> Select[int]:
    """The id of the application that a consultant's seat was made for, while the time runs."""
    running = Delegation.running_on(calendar.today())
    return select(Delegation.application_id).where(Delegation.seat_id == seat_id, running)


Index(
    "ix_applications_submitted_title",
    Application.ordered_by_title(Application.submitted_title),
    Application.submitted_at,
    Application.id,
)


@dataclass(frozen=True)
class Attachment:
    """A file of the draft; its bytes lie in the storage under their SHA-256."""

    id: int
    filename: str
    media_type: str
    size: int  # bytes
    sha256: str
    path: str


class Submission(Model):
    """What was handed in at one instant, word for word, and its hash. Never changed."""

    __tablename__ = "submissions"
    kind = "submission"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))  # of the content's canonical JSON
    receipt: Mapped[dict[str, Any] | None] = mapped_column(
        JSON
    )  # what its receipt says; None before there were any

    application: Mapped[Application] = relationship(back_populates="submissions")

    @property
    def canonical(self) -> bytes:
        """The content as the one text that its hash is taken of."""
        return canonical(self.content)

    @cached_property
    def said(self) -> Content:
        """The content to be read, whichever scheme it was frozen in. It never changes, so it is read once."""
        return Content(self.content)

    @property
    def is_intact(self) -> bool:
        return hashlib.sha256(self.canonical).hexdigest() == self.sha256


class Correction(Model):
    """The office's return: what is wrong where, and until when to mend it. See correcting.py."""

    __tablename__ = "corrections"
    kind = "correction"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    defects: Mapped[dict[str, str]] = mapped_column(
        JSON
    )  # a question's key (earlier a section's) → what is wrong
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(200))
    # When and by whom the approver was told that it is mended; empty again once they send it back.
    mended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mended_by: Mapped[str] = mapped_column(String(200), default="")
    resubmitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When somebody of the body first looked at it, and who.
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(200), default="", server_default="")

    application: Mapped[Application] = relationship(back_populates="corrections")
    __table_args__ = (
        CheckConstraint("(mended_at IS NULL) = (mended_by = '')", name="mended_by_someone"),
        CheckConstraint("(opened_at IS NULL) = (opened_by = '')", name="opened_by_someone"),
    )


# What a page that shows the answers loads with the application.
ANSWERED = (
    joinedload(Application.response).joinedload(Response.version),
    joinedload(Application.response).selectinload(Response.answers),
)
JOINT_BODIES = selectinload(Application.joint_applicants).joinedload(JointApplicant.organisation)


_OF_JOINT = joinedload(JointApplicant.application)
# What the page of a joint applicant is made of.
JOINT_CASE = (
    joinedload(JointApplicant.organisation),
    _OF_JOINT.joinedload(Application.call),
    _OF_JOINT.joinedload(Application.organisation),
    _OF_JOINT.selectinload(Application.joint_applicants).joinedload(JointApplicant.organisation),
    _OF_JOINT.selectinload(Application.corrections),
    _OF_JOINT.selectinload(Application.submissions),
)
