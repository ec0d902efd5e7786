"""Applications with their answers, attachments, submissions and corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime
from app.lifecycle import APPLICATION
from app.organisations.models import Organisation
from app.permissions import MUNICIPAL, OFFICE
from app.programmes.models import Call, Question

BEFORE_SUBMISSION = ("draft", "in_approval")


class Application(Model):
    """One body's proposal to one call. `organisation` leads; joint applicants stand beside it."""

    __tablename__ = "applications"
    kind = "application"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(30), unique=True)  # given at the first submission: R5-0001
    sequence: Mapped[int | None]  # within the call
    state: Mapped[str] = mapped_column(String(20), default=APPLICATION.initial, index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    technologies: Mapped[list[str]] = mapped_column(JSON, default=list)
    technologies_etc: Mapped[bool] = mapped_column(default=False)  # 「等」: and others
    technologies_other: Mapped[str] = mapped_column(String(200), default="")
    joint_confirmed: Mapped[bool] = mapped_column(default=False)  # the applicant said who else applies, if anybody
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # the last submission
    correction_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version_id: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    joint_applicants: Mapped[list[JointApplicant]] = relationship(
        back_populates="application", order_by="JointApplicant.position", cascade="all, delete-orphan"
    )
    answers: Mapped[list[Answer]] = relationship(back_populates="application", cascade="all, delete-orphan")
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="application", order_by="Attachment.id", cascade="all, delete-orphan"
    )
    submissions: Mapped[list[Submission]] = relationship(back_populates="application", order_by="Submission.id")
    corrections: Mapped[list[Correction]] = relationship(back_populates="application", order_by="Correction.id")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in APPLICATION.states)})", name="state"),
        CheckConstraint(
            "state IN ('draft', 'in_approval', 'withdrawn') OR (number IS NOT NULL AND submitted_at IS NOT NULL)",
            name="submitted_has_number",
        ),
        CheckConstraint("state <> 'returned' OR correction_due_at IS NOT NULL", name="returned_has_due"),
        UniqueConstraint("call_id", "sequence"),
    )

    @property
    def bodies(self) -> list[Organisation]:
        """All applicants, the lead first."""
        return [self.organisation, *(joint.organisation for joint in self.joint_applicants)]

    @property
    def acting_organisation_ids(self) -> set[int]:
        """Only the lead acts for the application."""
        return {self.organisation_id}

    @property
    def is_editable(self) -> bool:
        return self.state in (*BEFORE_SUBMISSION, "returned")

    def answer_to(self, question: Question) -> str:
        return next((answer.text for answer in self.answers if answer.question_id == question.id), "")

    @classmethod
    def visible_to(cls, actor):
        """A municipality sees its own (as lead); the office sees what was submitted to it, at any time."""
        if actor.role in MUNICIPAL:
            return select(cls).where(cls.organisation_id == actor.organisation_id)
        if actor.role in OFFICE:
            return select(cls).where(cls.submitted_at.is_not(None))
        return select(cls).where(False)


class JointApplicant(Model):
    __tablename__ = "joint_applicants"
    kind = "joint_applicant"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    position: Mapped[int]

    application: Mapped[Application] = relationship(back_populates="joint_applicants")
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (UniqueConstraint("application_id", "organisation_id"),)


class Answer(Model):
    __tablename__ = "answers"
    kind = "answer"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    text: Mapped[str] = mapped_column(Text, default="")

    application: Mapped[Application] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()
    __table_args__ = (UniqueConstraint("application_id", "question_id"),)


class Attachment(Model):
    """A file of an application; its bytes lie in the storage under their SHA-256."""

    __tablename__ = "attachments"
    kind = "attachment"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship(back_populates="attachments")


class Submission(Model):
    """What was handed in at one instant, word for word, and its hash. Never changed."""

    __tablename__ = "submissions"
    kind = "submission"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))  # of the content's canonical JSON

    application: Mapped[Application] = relationship(back_populates="submissions")


class Correction(Model):
    """The office's return: what is wrong (part of the application → defect) and until when to mend it."""

    __tablename__ = "corrections"
    kind = "correction"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    defects: Mapped[dict[str, str]] = mapped_column(JSON)  # a section's key → what is wrong there
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(200))
    resubmitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship(back_populates="corrections")
