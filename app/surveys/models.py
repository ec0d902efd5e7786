"""A survey with its two forms, what each project answers to it, and the parts of an answer: the body's and each initiative's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime
from app.lifecycle import SURVEY, SURVEY_ANSWER
from app.lifecycle.survey import OPEN
from app.lifecycle.survey_answer import ASKED, REOPENED
from app.programmes.models import Programme
from app.projects.models import OfProject, Project
from app.questions.models import FormTemplate, FrozenResponse, Response
from app.rooms.models import Initiative

TITLE_MAX, TEXT_MAX = 200, 2000  # characters
BODIES, INITIATIVES = "bodies", "initiatives"
OF = (
    BODIES,
    INITIATIVES,
)  # what a form of a survey is asked of: each body (a project), each of its initiatives


class Survey(Model):
    """One survey. What is asked of whom is said once: by the form in which it stands."""

    __tablename__ = "surveys"
    kind = "survey"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    fiscal_year: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    introduction: Mapped[str] = mapped_column(Text, default="")  # what bodies are told above the questions
    selected_until: Mapped[int]  # projects selected up to this fiscal year are asked
    state: Mapped[str] = mapped_column(String(20), default=SURVEY.initial, index=True)
    bodies_form_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))
    initiatives_form_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))
    before_id: Mapped[int | None] = mapped_column(ForeignKey("surveys.id"))  # the one that it was copied from
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last time, also once taken back
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what was published: it stays as it was
    version_id: Mapped[int] = mapped_column(default=1)

    programme: Mapped[Programme] = relationship()
    bodies_form: Mapped[FormTemplate] = relationship(foreign_keys=bodies_form_id)
    initiatives_form: Mapped[FormTemplate] = relationship(foreign_keys=initiatives_form_id)
    before: Mapped[Survey | None] = relationship(remote_side="Survey.id")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(map(repr, SURVEY.states))})", name="state"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint(
            "state = 'draft' OR (opened_at IS NOT NULL AND closes_at IS NOT NULL)", name="opened"
        ),
        CheckConstraint("state IN ('draft', 'open') OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint("(figures IS NULL) = (published_at IS NULL)", name="published_figures"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published"),
    )

    def template_of(self, of: str) -> FormTemplate:
        """The form that is asked of bodies, or of initiatives. KeyError for anything else."""
        return {BODIES: self.bodies_form, INITIATIVES: self.initiatives_form}[of]

    def asks(self, of: str) -> bool:
        """Whether anything is asked of bodies, or of initiatives: a form without questions asks nobody."""
        return bool(self.template_of(of).newest.form.questions)

    def is_over_time(self, at: datetime) -> bool:
        """Whether its closing instant has passed, closed or not."""
        return self.closes_at is not None and self.closes_at <= at


class SurveyAnswer(OfProject, Model):
    """What one project is asked by a survey, and whether it has answered."""

    __tablename__ = "survey_answers"
    kind = "survey_answer"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=SURVEY_ANSWER.initial, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was handed in last
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    digest: Mapped[str] = mapped_column(
        String(64), default=""
    )  # of all that was handed in: see answers.digest_of
    reopened_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopened_for: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)

    survey: Mapped[Survey] = relationship()
    project: Mapped[Project] = relationship()
    parts: Mapped[list[SurveyPart]] = relationship(back_populates="answer", order_by="SurveyPart.id")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("survey_id", "project_id"),
        CheckConstraint(f"state IN ({', '.join(map(repr, SURVEY_ANSWER.states))})", name="state"),
        CheckConstraint("state = 'asked' OR (answered_at IS NOT NULL AND digest <> '')", name="answered"),
        CheckConstraint("state <> 'reopened' OR reopened_until IS NOT NULL", name="reopened"),
    )

    @property
    def due_at(self) -> datetime:
        """Until when answers are asked for."""
        due = self.reopened_until if self in REOPENED else self.survey.closes_at
        assert due is not None  # both have one in these states
        return due

    def is_writable(self, at: datetime) -> bool:
        """What was handed in may be changed until the survey's instant; what was not is awaited until it is closed."""
        if self in REOPENED:
            return at < self.due_at
        return self.survey in OPEN and (self in ASKED or at < self.due_at)

    def is_late(self, at: datetime) -> bool:
        return self in ASKED and self.survey in OPEN and self.due_at <= at

    @property
    def counted(self) -> list[SurveyPart]:
        """The parts that are asked: those of initiatives that were taken off since are none."""
        return [part for part in self.parts if not part.left_out]

    @property
    def is_changed(self) -> bool:
        """Whether something was saved since it was handed in."""
        return any(part.is_changed for part in self.counted)


class SurveyPart(Model):
    """What is asked of one body, or of one initiative: a response of its own, and what of it was handed in last."""

    __tablename__ = "survey_parts"
    kind = "survey_part"

    answer_id: Mapped[int] = mapped_column(ForeignKey("survey_answers.id"))
    initiative_id: Mapped[int | None] = mapped_column(
        ForeignKey("initiatives.id")
    )  # None: the body's own part
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), unique=True)
    frozen_id: Mapped[int | None] = mapped_column(ForeignKey("frozen_responses.id"))
    frozen_saves: Mapped[dict[str, int] | None] = mapped_column(
        JSON
    )  # each section's version as it was frozen
    left_out: Mapped[bool] = mapped_column(
        default=False
    )  # its initiative was taken off while the survey was open

    answer: Mapped[SurveyAnswer] = relationship(back_populates="parts")
    initiative: Mapped[Initiative | None] = relationship()
    answered: Mapped[Response] = relationship()
    frozen: Mapped[FrozenResponse | None] = relationship()

    __table_args__ = (
        UniqueConstraint("answer_id", "initiative_id"),
        Index(
            "uq_survey_parts_answer_id_of_body",
            "answer_id",
            unique=True,
            sqlite_where=initiative_id.is_(None),
            postgresql_where=initiative_id.is_(None),
        ),
    )

    @property
    def of(self) -> str:
        return BODIES if self.initiative_id is None else INITIATIVES

    @property
    def saves(self) -> dict[str, int]:
        """Section → how often it was saved."""
        return {key: int(saved["version"]) for key, saved in self.answered.saves.items()}

    @property
    def is_changed(self) -> bool:
        return self.frozen_saves is not None and self.frozen_saves != self.saves
