"""Evaluation meetings (効果検証会議), what each recorded of a project, and what was published of it.

What people write answers forms of the engine for questions; the rows beside them follow what is saved, for lists.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, OneLine, Searchable, UtcDateTime
from app.evaluation.form import GRADES, MEMBERS, PARTS
from app.kpis.models import Kpi
from app.lifecycle import EVALUATION, EVALUATION_MEETING
from app.lifecycle.evaluation import ASKED_TO_RESPOND, LOOKED_AT, PUT_TO_BODY, RECORDED
from app.programmes.models import Programme
from app.projects.models import OfProject, Project
from app.questions.models import FormTemplate, Response

NAME_MAX, PLACE_MAX = 200, 200  # characters


def _one_of(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))


class EvaluationForm(Model):
    """One of the forms that the evaluation meetings of a programme answer."""

    __tablename__ = "evaluation_forms"
    kind = "evaluation_form"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    part: Mapped[str] = mapped_column(String(20))
    template_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))

    template: Mapped[FormTemplate] = relationship()
    __table_args__ = (
        UniqueConstraint("programme_id", "part"),
        CheckConstraint(f"part IN ({_one_of(PARTS)})", name="part"),
    )


class EvaluationMeeting(Model):
    """One meeting that looks at what projects have effected in a fiscal year."""

    __tablename__ = "evaluation_meetings"
    kind = "evaluation_meeting"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=EVALUATION_MEETING.initial)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    fiscal_year: Mapped[int]  # which is evaluated
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(OneLine, default="")
    online: Mapped[bool] = mapped_column(default=False)
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), unique=True)
    called_off_reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)

    programme: Mapped[Programme] = relationship()
    answered: Mapped[Response] = relationship()
    evaluations: Mapped[list[Evaluation]] = relationship(back_populates="meeting", order_by="Evaluation.id")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({_one_of(tuple(EVALUATION_MEETING.states))})", name="state"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("online OR place <> ''", name="somewhere"),
        CheckConstraint("(state = 'called_off') = (called_off_reason <> '')", name="called_off_for_a_reason"),
        Index("ix_evaluation_meetings_held_on_id", "held_on", "id"),
    )

    @property
    def members(self) -> list[dict[str, Any]]:
        """Who took part, as of the day of the meeting."""
        return list(self.answered.value_of(MEMBERS) or ())

    @property
    def looked_at(self) -> list[Evaluation]:
        return [it for it in self.evaluations if it in LOOKED_AT]


class Evaluation(OfProject, Model):
    """What one meeting says of one project, and what its local governments answer."""

    __tablename__ = "evaluations"
    kind = "evaluation"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("evaluation_meetings.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=EVALUATION.initial, index=True)
    findings_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), unique=True)
    answered_id: Mapped[int | None] = mapped_column(ForeignKey("responses.id"), unique=True)
    due_on: Mapped[date | None]
    put_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    responded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    responded_by: Mapped[str] = mapped_column(String(200), default="")
    version_id: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[EvaluationMeeting] = relationship(back_populates="evaluations")
    project: Mapped[Project] = relationship()
    findings: Mapped[Response] = relationship(foreign_keys=[findings_id])
    answered: Mapped[Response | None] = relationship(foreign_keys=[answered_id])
    rows: Mapped[list[EvaluationRow]] = relationship(
        back_populates="evaluation", order_by="EvaluationRow.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("meeting_id", "project_id"),
        CheckConstraint(f"state IN ({_one_of(tuple(EVALUATION.states))})", name="state"),
        CheckConstraint(
            "state NOT IN ('asked', 'responded') OR (due_on IS NOT NULL AND put_at IS NOT NULL AND answered_id IS NOT NULL)",
            name="asked_by_a_day",
        ),
        CheckConstraint("(state = 'responded') = (responded_at IS NOT NULL)", name="responded_at"),
    )

    @property
    def is_graded(self) -> bool:
        return any(row.grade for row in self.rows)

    @hybrid_property
    def is_shown(self) -> bool:
        """To the bodies of the project, and to ministries."""
        return self in PUT_TO_BODY

    @is_shown.inplace.expression
    @classmethod
    def _is_shown(cls) -> ColumnElement[bool]:
        found: ColumnElement[bool] = PUT_TO_BODY.of(cls)
        return found

    def is_late(self, on: date) -> bool:
        """The day by which to respond is over."""
        return self in ASKED_TO_RESPOND and self.due_on is not None and self.due_on < on

    def waits_on(self, on: date) -> bool:
        """Whether something is still to be done about it before the evaluation is published."""
        return self in RECORDED or (self in ASKED_TO_RESPOND and not self.is_late(on))


class EvaluationRow(Searchable, Model):
    """What is graded of a project: itself, an initiative or an indicator. It follows what officers save; lists ask it."""

    __tablename__ = "evaluation_rows"
    kind = "evaluation_row"
    searched = {"search_text": ("name", "initiative", "on_results", "on_future")}

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id"))
    item: Mapped[str] = mapped_column(String(60))  # its key in the form
    position: Mapped[int]
    kpi_id: Mapped[int | None] = mapped_column(ForeignKey("kpis.id"), index=True)
    initiative: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[str] = mapped_column(String(300), default="")  # of the indicator
    grade: Mapped[str] = mapped_column(String(20), default="", index=True)
    on_results: Mapped[str] = mapped_column(Text, default="")
    on_future: Mapped[str] = mapped_column(Text, default="")

    evaluation: Mapped[Evaluation] = relationship(back_populates="rows")
    kpi: Mapped[Kpi | None] = relationship()
    __table_args__ = (
        UniqueConstraint("evaluation_id", "item"),
        CheckConstraint(f"grade IN ('', {_one_of(GRADES)})", name="grade"),
    )

    @property
    def says_something(self) -> bool:
        return bool(self.grade or self.on_results or self.on_future)


class EvaluationPublication(Model):
    """What everybody reads of a meeting, as it was published, with its SHA-256. Never changed."""

    __tablename__ = "evaluation_publications"
    kind = "evaluation_publication"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("evaluation_meetings.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))

    meeting: Mapped[EvaluationMeeting] = relationship()
    __table_args__ = (UniqueConstraint("meeting_id"),)
