"""A grace (猶予): the later instant until which one body may submit to a call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime
from app.lifecycle import GRACE
from app.organisations.models import Organisation
from app.programmes.models import Call, Programme


class Grace(Model):
    """Of a body and a call, not of an application: the office knows none that was not submitted.

    Asked for by an officer with a reason, decided by a director. What it is about never changes: who needs other terms
    asks anew.
    """

    __tablename__ = "graces"
    kind = "grace"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=GRACE.initial)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)  # told to the body too
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(Text, default="")  # why it was not granted

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in GRACE.states)})", name="state"),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint(
            "state = 'asked' OR (decided_at IS NOT NULL AND decided_by <> '')",
            name="decided_by_someone",
        ),
        CheckConstraint("state <> 'refused' OR remark <> ''", name="refused_has_remark"),
        Index("ix_graces_call_id_organisation_id", "call_id", "organisation_id"),
    )

    @property
    def programme(self) -> Programme:
        return self.call.programme

    @property
    def is_no_longer_than_the_call(self) -> bool:
        """The call closes at the same instant or later, for all: it may have been extended since."""
        return self.call.closes_at is not None and self.until <= self.call.closes_at
