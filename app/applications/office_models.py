"""What the office keeps on its side of an application: the ticks of its checklist, and its notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, UtcDateTime
from app.lifecycle import N_

OK, NOT_OK, NOT_APPLICABLE = "ok", "not_ok", "not_applicable"
VERDICTS = {OK: N_("OK"), NOT_OK: N_("Not OK"), NOT_APPLICABLE: N_("Not applicable")}
UNCHECKED = ""  # also of what was ticked and taken back


class Check(Model):
    """What an officer found at one item of the call's checklist in one submission: each round is checked anew."""

    __tablename__ = "application_checks"
    kind = "application_check"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    item: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))  # as the item was called then
    verdict: Mapped[str] = mapped_column(String(20))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("submission_id", "item"),
        CheckConstraint(f"verdict IN ({', '.join(map(repr, (UNCHECKED, *VERDICTS)))})", name="verdict"),
    )


class Note(Model):
    """A note of the office on an application (内部メモ). Never changed, and never shown to an applicant."""

    __tablename__ = "application_notes"
    kind = "application_note"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(String(200))
