"""Councils, their members and meetings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    cast,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app import calendar
from app.actors import Actor
from app.correspondence.models import Mail
from app.db import Composed, Model, Searchable, UtcDateTime, db
from app.lifecycle import COUNCIL, MEMBERSHIP
from app.lifecycle.membership import ASKED
from app.programmes.models import Programme
from app.projects.models import OfProject, Project

LINK_GRACE = timedelta(days=14)  # [I] who answers a few days late is still heard
REQUEST_KEY = "membership:%:asked:%"  # of the mails that ask a member, for LIKE
ROLES = ("会長", "副会長", "構成員", "顧問", "オブザーバー", "事務局")  # S0; glossary: chair … secretariat


class Council(OfProject, Model):
    __tablename__ = "councils"
    kind = "council"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default=COUNCIL.initial)

    project: Mapped[Project] = relationship()
    memberships: Mapped[list[Membership]] = relationship(back_populates="council", order_by="Membership.id")
    meetings: Mapped[list[Meeting]] = relationship(
        back_populates="council", order_by="Meeting.held_on.desc()"
    )

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in COUNCIL.states)})", name="state"),
    )

    @property
    def term_ends_on(self) -> date:
        """Members are asked for as long as support runs; what comes after needs their consent anew (S4)."""
        return self.project.ends_on

    @classmethod
    def project_of(cls, council_id: int) -> int | None:
        """On whose page the council is shown."""
        return db.session.scalar(select(cls.project_id).where(cls.id == council_id))


class Membership(Searchable, Model):
    """A seat in a council, belonging to a post: whoever holds the post is asked."""

    __tablename__ = "memberships"
    kind = "membership"
    searched = {"search_text": ("organisation_name", "post", "person_name")}

    council_id: Mapped[int] = mapped_column(ForeignKey("councils.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200))
    person_name: Mapped[str] = mapped_column(String(100), default="")
    role: Mapped[str] = mapped_column(String(20))  # one of ROLES
    mailbox: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(20), default=MEMBERSHIP.initial)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(Composed(200))  # body and section, as the member is told
    times_asked: Mapped[int] = mapped_column(default=1)
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
    def programme(self) -> Programme:
        return self.council.programme

    @property
    def named(self) -> str:
        """Organisation, post and, where known, person: how the member is spoken of."""
        return " ".join(part for part in (self.organisation_name, self.post, self.person_name) if part)

    @property
    def link_expires_at(self) -> datetime:
        """The instant from which the member's link opens nothing any more."""
        after = self.reply_by + timedelta(days=1)
        return datetime.combine(after, time(), calendar.JST) + LINK_GRACE

    def is_late(self, at: datetime) -> bool:
        """Asked, and the day to reply by is over."""
        return self in ASKED and calendar.day_of(at) > self.reply_by

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        return self.council.belongs_to(body_id)

    @belongs_to.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _belongs_to(cls, body_id: int | None) -> ColumnElement[bool]:
        return cls.council.has(Council.belongs_to(body_id))

    @hybrid_method
    def is_own_of(self, actor: Actor) -> bool:
        """The member's, who has come by the link of this seat."""
        return self.id == actor.membership_id

    @classmethod
    def project_of(cls, membership_id: int) -> int | None:
        """On whose page the member is shown, with the council."""
        return db.session.scalar(select(Council.project_id).join(cls).where(cls.id == membership_id))


# Whether the newest request could not be delivered. Asked for together with the member, where a page needs it.
Membership.request_failed = column_property(
    select(Mail.parked_at.is_not(None))
    .where(
        Mail.key
        == "membership:" + cast(Membership.id, String) + ":asked:" + cast(Membership.times_asked, String)
    )
    .correlate_except(Mail)
    .scalar_subquery(),
    deferred=True,
)


class Meeting(Model):
    __tablename__ = "meetings"
    kind = "meeting"

    council_id: Mapped[int] = mapped_column(ForeignKey("councils.id"), index=True)
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    council: Mapped[Council] = relationship(back_populates="meetings")
