"""What is known of a file in the storage: one row for each of which there is something to say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app import calendar
from app.db import Composed, UtcDateTime, db

MISSING, CHANGED = "missing", "changed"


class StoredFile(db.Model):  # type: ignore[name-defined]
    """`key` is its path in the storage, which names its SHA-256: the same bytes sent twice are checked once."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=calendar.now)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    # The check for malware: quarantined from when it was asked for until it was answered, and for good when it found any.
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finding: Mapped[str] = mapped_column(Composed(200), default="")  # the name of the malware
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when those it concerns were told of it
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last try without an answer
    check_problem: Mapped[str] = mapped_column(Composed(300), default="")  # why the last try had no answer
    # The nightly reading: what was wrong when it was last read, and since when.
    fault: Mapped[str] = mapped_column(String(10), default="")
    fault_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault_of: Mapped[str] = mapped_column(Composed(300), default="")  # whose it is, for people

    __table_args__ = (
        CheckConstraint("fault IN ('', 'missing', 'changed')", name="fault"),
        CheckConstraint("(fault = '') = (fault_since IS NULL)", name="fault_has_since"),
        CheckConstraint("finding = '' OR checked_at IS NOT NULL", name="finding_was_checked"),
        Index("ix_stored_files_asked_at_checked_at", "asked_at", "checked_at"),
        Index("ix_stored_files_finding_told_at", "finding", "told_at"),
        Index("ix_stored_files_fault", "fault"),
    )
