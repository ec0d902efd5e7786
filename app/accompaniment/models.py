"""The accompaniment log, the obstacles of projects, and the knowledge that came of both.

An entry and a knowledge item keep every wording they had as an edition; nothing is deleted. Of an obstacle the history keeps
what it was before.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.actors import Actor
from app.db import Composed, Model, OneLine, Searchable, UtcDateTime, db
from app.lifecycle import OBSTACLE
from app.lifecycle.obstacle import OUTSTANDING
from app.lifecycle.project import CARRIED_THROUGH
from app.organisations.models import Organisation
from app.permissions import MINISTRY, OFFICE
from app.programmes.models import Programme
from app.projects.models import OfProject, Project, ProjectApplicant

VISIT, CALL, ADVICE, OTHER = "visit", "call", "advice", "other"
ENTRY_KINDS = (VISIT, CALL, ADVICE, OTHER)
REGULATORY, TECHNICAL = "regulatory", "technical"
OBSTACLE_KINDS = (REGULATORY, TECHNICAL, OTHER)  # also what a knowledge item is about
OF_OFFICE, OF_BODY, OF_MINISTRY = "office", "body", "ministry"
SIDES = (OF_OFFICE, OF_BODY, OF_MINISTRY)
BETWEEN = "、"  # technologies in their column; at its ends too


def side_of(role: str) -> str:
    """On which side of a project a role stands."""
    return OF_OFFICE if role in OFFICE else OF_MINISTRY if role == MINISTRY else OF_BODY


def _one_of(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))


class LogEntry(OfProject, Searchable, Model):
    """What was done or said at a project's side on one day, as it reads now."""

    __tablename__ = "log_entries"
    kind = "log_entry"
    searched = {"search_text": ("words",)}

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    entry_kind: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    participants: Mapped[str] = mapped_column(OneLine, default="")
    text: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text, default="")
    within_office: Mapped[bool] = mapped_column(default=False)
    side: Mapped[str] = mapped_column(String(20))  # whose it is
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))  # whoever holds it corrects the entry
    author: Mapped[str] = mapped_column(String(200))
    author_seat: Mapped[str] = mapped_column(Composed(400))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edition: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")  # told to whoever saw the entry
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    editions: Mapped[list[LogEdition]] = relationship(back_populates="entry", order_by="LogEdition.number")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"entry_kind IN ({_one_of(ENTRY_KINDS)})", name="entry_kind"),
        CheckConstraint(f"side IN ({_one_of(SIDES)})", name="side"),
        CheckConstraint(f"NOT within_office OR side = '{OF_OFFICE}'", name="within_office"),
        CheckConstraint("edition >= 1", name="counted_from_one"),
        CheckConstraint("(edition = 1) = (edited_at IS NULL)", name="edited_at"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal_reason = '')", name="withdrawn_for_a_reason"),
        Index("ix_log_entries_project_id_held_on_id", "project_id", "held_on", "id"),
    )

    @property
    def words(self) -> str:
        """What it is found by: nobody finds what was withdrawn."""
        return "" if self.is_withdrawn else f"{self.participants} {self.text} {self.next_step}"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def is_read_whole_by(self, actor: Actor) -> bool:
        """Whether `actor` reads what was withdrawn and how it read before: the office, and the side and body that wrote it."""
        is_own = (side_of(actor.role), actor.organisation_id) == (self.side, self.organisation_id)
        return actor.role in OFFICE or is_own

    @hybrid_property
    def is_shown(self) -> bool:
        """Also outside the office."""
        return not self.within_office

    @is_shown.inplace.expression
    @classmethod
    def _is_shown(cls) -> ColumnElement[bool]:
        return cls.within_office.is_(False)

    @hybrid_method
    def is_own_of(self, actor: Actor) -> bool:
        """Written from the seat of `actor`, by them or by who held it before."""
        return self.seat_id == actor.seat_id


class LogEdition(Model):
    """The words of an entry, as they stood from `written_at` on. Never changed."""

    __tablename__ = "log_editions"
    kind = "log_edition"

    log_entry_id: Mapped[int] = mapped_column(ForeignKey("log_entries.id"), index=True)
    number: Mapped[int]
    entry_kind: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    participants: Mapped[str] = mapped_column(OneLine, default="")
    text: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text, default="")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(String(200))

    entry: Mapped[LogEntry] = relationship(back_populates="editions")
    __table_args__ = (UniqueConstraint("log_entry_id", "number"),)


class Obstacle(OfProject, Searchable, Model):
    """What stands in the way of a project, who must act on it and by when; and what became of it."""

    __tablename__ = "obstacles"
    kind = "obstacle"
    searched = {"search_text": ("title", "text", "acts_name", "outcome")}

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=OBSTACLE.initial)
    obstacle_kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    ministry_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    acts: Mapped[str] = mapped_column(String(20))  # the side that must act
    acts_name: Mapped[str] = mapped_column(String(200), default="")  # who there, as people name it
    due_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str] = mapped_column(String(200), default="")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by: Mapped[str] = mapped_column(String(200))
    raised_seat: Mapped[str] = mapped_column(Composed(400))
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    ministry: Mapped[Organisation | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({_one_of(tuple(OBSTACLE.states))})", name="state"),
        CheckConstraint(f"obstacle_kind IN ({_one_of(OBSTACLE_KINDS)})", name="obstacle_kind"),
        CheckConstraint(f"acts IN ({_one_of(SIDES)})", name="acts"),
        CheckConstraint(f"acts <> '{OF_MINISTRY}' OR ministry_id IS NOT NULL", name="ministry_that_acts"),
        CheckConstraint("(state = 'outstanding') = (settled_at IS NULL)", name="settled_at"),
        CheckConstraint("(settled_at IS NULL) = (outcome = '')", name="settled_with_an_outcome"),
        Index("ix_obstacles_state_due_on_id", "state", "due_on", "id"),
    )

    def is_late(self, on: date) -> bool:
        """Outstanding, and its day is over."""
        return self in OUTSTANDING and self.due_on < on

    @classmethod
    def late(cls, on: date) -> ColumnElement[bool]:
        """`is_late` for a query."""
        return OUTSTANDING.of(cls) & (cls.due_on < on)


class KnowledgeItem(Searchable, Model):
    """A question and what was learnt about it, without names, as it reads now. Where it came from the office alone knows."""

    __tablename__ = "knowledge_items"
    kind = "knowledge_item"
    searched = {"search_text": ("question", "answer", "technologies_text")}

    log_entry_id: Mapped[int | None] = mapped_column(ForeignKey("log_entries.id"), index=True)
    obstacle_id: Mapped[int | None] = mapped_column(ForeignKey("obstacles.id"), index=True)
    topic: Mapped[str] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(OneLine)
    answer: Mapped[str] = mapped_column(Text)
    technologies_text: Mapped[str] = mapped_column(
        OneLine, default=""
    )  # 、AI、5G、 so that each is found whole
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(200))
    edition: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)

    log_entry: Mapped[LogEntry | None] = relationship()
    obstacle: Mapped[Obstacle | None] = relationship()
    editions: Mapped[list[KnowledgeEdition]] = relationship(
        back_populates="item", order_by="KnowledgeEdition.number"
    )

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"topic IN ({_one_of(OBSTACLE_KINDS)})", name="topic"),
        CheckConstraint("(log_entry_id IS NULL) <> (obstacle_id IS NULL)", name="one_source"),
        CheckConstraint("edition >= 1", name="counted_from_one"),
        CheckConstraint("(edition = 1) = (edited_at IS NULL)", name="edited_at"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal_reason = '')", name="withdrawn_for_a_reason"),
        Index("ix_knowledge_items_published_at_id", "published_at", "id"),
    )

    @property
    def source(self) -> LogEntry | Obstacle:
        found = self.log_entry or self.obstacle
        assert found is not None  # the database says so
        return found

    @property
    def programme(self) -> Programme:
        return self.source.programme

    @property
    def technologies(self) -> list[str]:
        return [name for name in self.technologies_text.split(BETWEEN) if name]

    @hybrid_property
    def was_published(self) -> bool:
        """And is so still."""
        return self.withdrawn_at is None

    @was_published.inplace.expression
    @classmethod
    def _was_published(cls) -> ColumnElement[bool]:
        return cls.withdrawn_at.is_(None)

    @hybrid_method
    def is_shared_with(self, body_id: int | None) -> bool:
        """Everybody who carries a project, or has carried one to its end, reads what is published."""
        return self.withdrawn_at is None and bool(db.session.scalar(select(_carries(body_id))))

    @is_shared_with.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_shared_with(cls, body_id: int | None) -> ColumnElement[bool]:
        return cls.withdrawn_at.is_(None) & _carries(body_id)


class KnowledgeEdition(Model):
    """The words of a knowledge item, as they stood from `written_at` on. Never changed."""

    __tablename__ = "knowledge_editions"
    kind = "knowledge_edition"

    knowledge_item_id: Mapped[int] = mapped_column(ForeignKey("knowledge_items.id"), index=True)
    number: Mapped[int]
    topic: Mapped[str] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(OneLine)
    answer: Mapped[str] = mapped_column(Text)
    technologies_text: Mapped[str] = mapped_column(OneLine, default="")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(String(200))

    item: Mapped[KnowledgeItem] = relationship(back_populates="editions")
    __table_args__ = (UniqueConstraint("knowledge_item_id", "number"),)


def _carries(body_id: int | None) -> ColumnElement[bool]:
    """Whether a body carries a project, or has carried one to its end."""
    return (
        select(ProjectApplicant.id)
        .join(ProjectApplicant.project)
        .where(ProjectApplicant.organisation_id == body_id, CARRIED_THROUGH.of(Project))
        .exists()
    )
