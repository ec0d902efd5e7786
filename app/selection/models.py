"""The provisional result of an application."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.applications.models import Application
from app.db import Model, UtcDateTime


class Result(Model):
    """Selected or not, and why. Open to change by officers until a director decides the call."""

    __tablename__ = "results"
    kind = "result"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    selected: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(200))
    version_id: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship(backref=backref("result", uselist=False))
    __mapper_args__ = {"version_id_col": version_id}
