"""A delegation (編集の許可): one consultant, let into one application until a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, Text, and_
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import calendar
from app.db import Model, UtcDateTime
from app.lifecycle import DELEGATION
from app.lifecycle.delegation import OVER, RUNNING
from app.organisations.models import Seat
from app.programmes.models import Programme

if TYPE_CHECKING:
    from app.applications.models import Application


class Delegation(Model):
    """Who was let in, by whom and until when. The consultant acts in a seat of the body, which is made for this alone.

    Name and company are as the body typed them: whom it means is its own, whatever somebody with this address is called.
    """

    __tablename__ = "delegations"
    kind = "delegation"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))  # the lead's
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=DELEGATION.initial)
    name: Mapped[str] = mapped_column(String(100))
    company: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    purpose: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[date]  # the last day (JST) on which they can edit
    let_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    let_in_by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(String(200), default="")

    application: Mapped[Application] = relationship()
    seat: Mapped[Seat] = relationship()

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in DELEGATION.states)})", name="state"),
        CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (ended_by = '')",
            name="ended_by_someone",
        ),
    )

    @property
    def programme(self) -> Programme:
        return self.application.programme

    @property
    def standing(self) -> str:
        """Its state, as the day has it: once the last one has passed it is over."""
        return OVER if self in RUNNING and not self.runs_on(calendar.today()) else self.state

    def runs_on(self, day: date) -> bool:
        return self in RUNNING and self.until >= day

    @classmethod
    def running_on(cls, day: date) -> ColumnElement[bool]:
        """`runs_on`, for a query."""
        return and_(RUNNING.of(cls), cls.until >= day)

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        return self.organisation_id == body_id
