"""The forms of reports, reports with what is answered, and the office's returns."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import calendar
from app.db import Composed, Model, UtcDateTime
from app.lifecycle import REPORT
from app.lifecycle.project import CARRIED_THROUGH
from app.lifecycle.report import RETURNED, TO_HAND_IN
from app.programmes.models import Programme
from app.projects.models import OfProject, Project
from app.questions.models import FormTemplate, FrozenResponse, Response
from app.reports.content import ReportContent

ANNUAL, FINAL = "annual", "final"
KINDS = (ANNUAL, FINAL)
_KIND = f"report_kind IN ({', '.join(map(repr, KINDS))})"


class ReportForm(Model):
    """The form that the reports of one kind and programme answer."""

    __tablename__ = "report_forms"
    kind = "report_form"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    report_kind: Mapped[str] = mapped_column(String(20))
    template_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))

    programme: Mapped[Programme] = relationship()
    template: Mapped[FormTemplate] = relationship()
    __table_args__ = (
        UniqueConstraint("programme_id", "report_kind"),
        CheckConstraint(_KIND, name="report_kind"),
    )


class Report(OfProject, Model):
    """What is reported of one project in one fiscal year."""

    __tablename__ = "reports"
    kind = "report"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    fiscal_year: Mapped[int]
    report_kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=REPORT.initial)
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), unique=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # until when what is awaited is asked for
    # That it lies with the approver, and what they found when it last did; gone once it is handed in.
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_by: Mapped[str] = mapped_column(String(200), default="")
    sent_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_back_by: Mapped[str] = mapped_column(String(200), default="")
    sent_back_reason: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last time
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    answered: Mapped[Response] = relationship()
    corrections: Mapped[list[ReportCorrection]] = relationship(
        back_populates="report", order_by="ReportCorrection.id"
    )

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("project_id", "fiscal_year"),
        CheckConstraint(f"state IN ({', '.join(map(repr, REPORT.states))})", name="state"),
        CheckConstraint(_KIND, name="report_kind"),
        CheckConstraint("state = 'requested' OR submitted_at IS NOT NULL", name="submitted"),
        CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted"),
        CheckConstraint("(handed_over_at IS NULL) = (handed_over_by = '')", name="handed_over_by_someone"),
        CheckConstraint("(sent_back_at IS NULL) = (sent_back_reason = '')", name="sent_back_has_reason"),
        # The list's order, after what it is narrowed by.
        *(
            Index(f"ix_reports_{'_'.join((*first, 'fiscal_year_id'))}", *first, "fiscal_year", "id")
            for first in ((), ("state",))
        ),
    )

    @hybrid_property
    def was_submitted(self) -> bool:
        """Whether it was handed in at any time."""
        return self.submitted_at is not None

    @was_submitted.inplace.expression
    @classmethod
    def _was_submitted(cls) -> ColumnElement[bool]:
        return cls.submitted_at.is_not(None)

    @property
    def is_with_approver(self) -> bool:
        return self.handed_over_at is not None

    @property
    def is_editable(self) -> bool:
        return self in TO_HAND_IN and not self.is_with_approver and self.project in CARRIED_THROUGH

    @property
    def is_sent_back(self) -> bool:
        """The approver's reason is still to be dealt with."""
        return self.sent_back_at is not None and self.is_editable

    @property
    def due_on(self) -> date:
        return calendar.day_of(self.due_at)

    def is_late(self, at: datetime) -> bool:
        """Owed by the body, and its time is over."""
        return self in TO_HAND_IN and self.due_at <= at and self.project in CARRIED_THROUGH

    @classmethod
    def late(cls, at: datetime) -> ColumnElement[bool]:
        """`is_late` for a query. It wants the project joined."""
        return and_(TO_HAND_IN.of(cls), cls.due_at <= at, CARRIED_THROUGH.of(Project))

    @property
    def last_submission(self) -> FrozenResponse | None:
        return self.answered.frozen[-1] if self.answered.frozen else None

    @property
    def last_said(self) -> ReportContent | None:
        last = self.last_submission
        return ReportContent(last.content) if last else None

    @property
    def last_seen_as(self) -> str:
        """Which submission a page shows: the instant from which it was there, for the page to send back as `seen`."""
        return self.last_submission.created_at.isoformat() if self.last_submission else ""

    @property
    def open_correction(self) -> ReportCorrection | None:
        """The office's last return, as long as nothing was handed in upon it."""
        return self.corrections[-1] if self in RETURNED and self.corrections else None


class ReportCorrection(Model):
    """The office's return: what is wrong where, and until when it is asked for."""

    __tablename__ = "report_corrections"
    kind = "report_correction"

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), index=True)
    defects: Mapped[dict[str, str]] = mapped_column(JSON)  # a question's key → what is wrong
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # as it was asked for first
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(Composed(200))
    resubmitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    report: Mapped[Report] = relationship(back_populates="corrections")


_OF_RESPONSE = joinedload(Report.answered)
# What a page that shows the answers loads with the report.
ANSWERED = (
    _OF_RESPONSE.joinedload(Response.version),
    _OF_RESPONSE.selectinload(Response.answers),
)
SUBMISSIONS = _OF_RESPONSE.selectinload(Response.frozen)
