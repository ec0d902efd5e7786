"""A check of the seats of one body in one fiscal year."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime
from app.lifecycle import SEAT_CHECK
from app.organisations.models import Organisation


class SeatCheck(Model):
    """Whether a body's seats are held as the record has it; `report` is what it said of a change."""

    __tablename__ = "seat_checks"
    kind = "seat_check"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    fiscal_year: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=SEAT_CHECK.initial, index=True)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    report: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str] = mapped_column(String(200), default="")
    version_id: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("organisation_id", "fiscal_year"),
        CheckConstraint(f"state IN ({', '.join(map(repr, SEAT_CHECK.states))})", name="state"),
        CheckConstraint("state = 'asked' OR answered_at IS NOT NULL", name="answered"),
        CheckConstraint("state <> 'reported' OR report <> ''", name="reported_in_words"),
        CheckConstraint("state <> 'settled' OR settled_at IS NOT NULL", name="settled"),
    )

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        return self.organisation_id == body_id
