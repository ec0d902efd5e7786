"""Councils, their members and meetings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime
from app.lifecycle import COUNCIL, MEMBERSHIP
from app.permissions import MUNICIPAL, OFFICE
from app.projects.models import Project, ProjectApplicant

ROLES = ("会長", "副会長", "構成員", "顧問", "オブザーバー", "事務局")  # S0; glossary: chair … secretariat


class Council(Model):
    __tablename__ = "councils"
    kind = "council"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default=COUNCIL.initial)

    project: Mapped[Project] = relationship()
    memberships: Mapped[list[Membership]] = relationship(back_populates="council", order_by="Membership.id")
    meetings: Mapped[list[Meeting]] = relationship(back_populates="council", order_by="Meeting.held_on.desc()")

    __table_args__ = (CheckConstraint(f"state IN ({', '.join(repr(s) for s in COUNCIL.states)})", name="state"),)

    @property
    def acting_organisation_ids(self) -> set[int]:
        return self.project.acting_organisation_ids

    @classmethod
    def visible_to(cls, actor):
        if actor.role in MUNICIPAL:
            return select(cls).where(
                cls.project_id.in_(
                    select(ProjectApplicant.project_id).where(
                        ProjectApplicant.organisation_id == actor.organisation_id
                    )
                )
            )
        return select(cls) if actor.role in OFFICE else select(cls).where(False)


class Membership(Model):
    """A seat in a council, belonging to a post: whoever holds the post is asked."""

    __tablename__ = "memberships"
    kind = "membership"

    council_id: Mapped[int] = mapped_column(ForeignKey("councils.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200))
    person_name: Mapped[str] = mapped_column(String(100), default="")
    role: Mapped[str] = mapped_column(String(20))  # one of ROLES
    mailbox: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(20), default=MEMBERSHIP.initial)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply_by: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_note: Mapped[str] = mapped_column(Text, default="")

    council: Mapped[Council] = relationship(back_populates="memberships")

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in MEMBERSHIP.states)})", name="state"),
        CheckConstraint("state = 'asked' OR answered_at IS NOT NULL", name="answered_has_instant"),
        UniqueConstraint("council_id", "mailbox"),
    )

    @property
    def acting_organisation_ids(self) -> set[int]:
        return self.council.acting_organisation_ids

    @classmethod
    def visible_to(cls, actor):
        return select(cls).where(cls.council_id.in_(Council.visible_to(actor).with_only_columns(Council.id)))


class Meeting(Model):
    __tablename__ = "meetings"
    kind = "meeting"

    council_id: Mapped[int] = mapped_column(ForeignKey("councils.id"), index=True)
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    council: Mapped[Council] = relationship(back_populates="meetings")
