"""A joint applicant (共同申請者): a body beside the lead, and its consent to what the lead hands in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime
from app.lifecycle import JOINT_APPLICANT
from app.lifecycle.joint_applicant import KNOWS_OF_IT
from app.organisations.models import Organisation

if TYPE_CHECKING:
    from app.applications.models import Application
    from app.programmes.models import Programme


class JointApplicant(Model):
    """It is there as long as the lead names the body. What it says of the consent is about the text of that time."""

    __tablename__ = "joint_applicants"
    kind = "joint_applicant"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    position: Mapped[int]
    submitted: Mapped[bool] = mapped_column(default=False, server_default=false())  # handed in with it
    state: Mapped[str] = mapped_column(
        String(20), default=JOINT_APPLICANT.initial, server_default=JOINT_APPLICANT.initial
    )
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # Who of the body consented or did not; of a written consent, who of the lead filed it.
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")  # why it did not
    # What was consented to: the hash of the answers (consents.py); of a written consent, that of the document.
    consented_to: Mapped[str] = mapped_column(String(64), default="", server_default="")

    application: Mapped[Application] = relationship(back_populates="joint_applicants")
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (
        UniqueConstraint("application_id", "organisation_id"),
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in JOINT_APPLICANT.states)})", name="state"),
        CheckConstraint("state = 'unasked' OR state = 'filed' OR asked_at IS NOT NULL", name="asked_at"),
        CheckConstraint(
            "state NOT IN ('consented', 'declined', 'filed') OR (answered_at IS NOT NULL AND answered_by <> '')",
            name="answered_by_someone",
        ),
        CheckConstraint(
            "state NOT IN ('consented', 'filed') OR consented_to <> ''", name="consented_to_something"
        ),
        CheckConstraint("state <> 'declined' OR remark <> ''", name="declined_has_remark"),
    )

    @property
    def programme(self) -> Programme:
        return self.application.programme

    @hybrid_method
    def is_known_to(self, body_id: int | None) -> bool:
        """Whether `body_id` is the joint applicant, and was asked: before that it is the lead's own draft."""
        return self.organisation_id == body_id and self in KNOWS_OF_IT

    @is_known_to.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_known_to(cls, body_id: int | None) -> ColumnElement[bool]:
        return (cls.organisation_id == body_id) & KNOWS_OF_IT.of(cls)

    @hybrid_method
    def is_led_by(self, body_id: int | None) -> bool:
        return self.application.organisation_id == body_id

    @is_led_by.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_led_by(cls, body_id: int | None) -> ColumnElement[bool]:
        return cls.application.has(organisation_id=body_id)

    @hybrid_method
    def concerns(self, body_id: int | None) -> bool:
        return self.is_known_to(body_id) or self.is_led_by(body_id)

    @concerns.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _concerns(cls, body_id: int | None) -> ColumnElement[bool]:
        return cls._is_known_to(body_id) | cls._is_led_by(body_id)
