"""A request to change a project: what shall be otherwise, each from what to what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime
from app.lifecycle import CHANGE_REQUEST
from app.projects.models import OfProject, Project

TITLE, TECHNOLOGIES, CONTENT, YEARS = "title", "technologies", "content", "years"
ASPECTS = (TITLE, TECHNOLOGIES, CONTENT, YEARS)  # what of a project can be asked to be changed


class ChangeRequest(OfProject, Model):
    """`changes` says of each aspect that is to change what it is and what it shall be: {"title": [from, to]}."""

    __tablename__ = "change_requests"
    kind = "change_request"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=CHANGE_REQUEST.initial, index=True)
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    written_by: Mapped[str] = mapped_column(String(200), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(map(repr, CHANGE_REQUEST.states))})", name="state"),
        CheckConstraint(
            "state IN ('drafted', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_has_instant"
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_at IS NOT NULL", name="decided_has_instant"
        ),
        CheckConstraint("state <> 'refused' OR decision_reason <> ''", name="refused_with_reasons"),
    )

    @hybrid_property
    def was_submitted(self) -> bool:
        """From then on the office sees it."""
        return self.submitted_at is not None

    @was_submitted.inplace.expression
    @classmethod
    def _was_submitted(cls) -> ColumnElement[bool]:
        return cls.submitted_at.is_not(None)
