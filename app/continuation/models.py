"""An application for an extension of support, and the form that the bodies of one call answer."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import calendar
from app.continuation.form import YEARS, years_asked
from app.db import Model, UtcDateTime
from app.lifecycle import CONTINUATION
from app.lifecycle.continuation import EDITABLE
from app.programmes.models import Call
from app.projects.models import OfProject, Project
from app.questions.models import FormTemplate, FrozenResponse, Response


class ContinuationForm(Model):
    """The form that the bodies of one call answer who apply for an extension."""

    __tablename__ = "continuation_forms"
    kind = "continuation_form"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), unique=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))

    call: Mapped[Call] = relationship()
    template: Mapped[FormTemplate] = relationship()


class Continuation(OfProject, Model):
    """One application of a project. After one that was withdrawn there may be another: `attempt` counts them."""

    __tablename__ = "continuations"
    kind = "continuation"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    attempt: Mapped[int]
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=CONTINUATION.initial, index=True)
    handed_over_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # to the approver; None: not with them
    handed_over_by: Mapped[str] = mapped_column(String(200), default="")
    sent_back_reason: Mapped[str] = mapped_column(Text, default="")  # by the approver, to the editor
    sent_back_by: Mapped[str] = mapped_column(String(200), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last time, as it arrived
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    defects: Mapped[str] = mapped_column(Text, default="")  # for what the office returned it
    returned_until: Mapped[date | None]  # the last day to submit a returned one
    opinion: Mapped[str] = mapped_column(Text, default="")  # the officer's, for the director
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[str] = mapped_column(String(200), default="")
    years: Mapped[int | None]  # certified
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    answered: Mapped[Response] = relationship()

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("project_id", "attempt"),
        CheckConstraint(f"state IN ({', '.join(map(repr, CONTINUATION.states))})", name="state"),
        CheckConstraint(
            "state IN ('drafted', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_has_instant"
        ),
        CheckConstraint(
            "state <> 'returned' OR (returned_until IS NOT NULL AND defects <> '')", name="returned_in_words"
        ),
        CheckConstraint(
            "state NOT IN ('certified', 'refused') OR decided_at IS NOT NULL", name="decided_has_instant"
        ),
        CheckConstraint("state <> 'certified' OR years > 0", name="certified_with_years"),
        CheckConstraint("state <> 'refused' OR decision_reason <> ''", name="refused_with_reasons"),
    )

    @hybrid_property
    def was_submitted(self) -> bool:
        """Whether it was handed in at any time: from then on the office sees it."""
        return self.submitted_at is not None

    @was_submitted.inplace.expression
    @classmethod
    def _was_submitted(cls) -> ColumnElement[bool]:
        return cls.submitted_at.is_not(None)

    @property
    def is_with_approver(self) -> bool:
        return self in EDITABLE and self.handed_over_at is not None

    @property
    def due_on(self) -> date:
        """The last day on which it is submitted: the call's, or its own once it was returned."""
        return self.returned_until or self.project.call.extension_deadline

    @property
    def closes_at(self) -> datetime:
        """From this instant on a submission is too late."""
        return datetime.combine(self.due_on + timedelta(days=1), time(), calendar.JST)

    @property
    def frozen(self) -> FrozenResponse | None:
        """What was handed in last, word for word."""
        return self.answered.frozen[-1] if self.answered.frozen else None

    @property
    def years_asked(self) -> int | None:
        return years_asked(self.answered.values.get(YEARS))
