"""Organisations, seats, people and the time a person holds a seat."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    exists,
    or_,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import calendar
from app.actors import Actor
from app.db import Model, Searchable, UtcDateTime, db
from app.permissions import APPLICANT, CONSULTANT, SEATED, allows

NAMED_ALONE = ("prefecture", "ministry")  # kinds of bodies whose name says by itself which it is
HEAD_TITLES = {  # what is put after the name to address the head of a local government: 北海道知事, 岩見沢市長
    "prefecture": "知事",
    "designated_city": "長",
    "special_ward": "長",
    "city": "長",
    "town": "長",
    "village": "長",
}


class Organisation(Searchable, Model):
    """A local government or a ministry, valid for a period; a merged body names its successor."""

    __tablename__ = "organisations"
    kind = "organisation"
    searched = {"search_text": ("full_name", "kana", "code")}

    code: Mapped[str | None] = mapped_column(
        String(6), unique=True
    )  # 全国地方公共団体コード with check digit
    name: Mapped[str] = mapped_column(String(100), index=True)
    kana: Mapped[str] = mapped_column(String(200), default="", index=True)
    prefecture: Mapped[str] = mapped_column(String(10), default="", index=True)
    body_kind: Mapped[str] = mapped_column(String(20))  # a key of HEAD_TITLES, or "ministry"
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    # The day after `valid_until` it merges into its successor; `merged_at` says that its seats and projects have moved.
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merger_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    # 代表メールアドレス: where mail goes while nobody holds a seat.
    general_address: Mapped[str] = mapped_column(String(254), default="", server_default="")

    search_text: Mapped[str] = mapped_column(String(400), default="")

    successor: Mapped[Organisation | None] = relationship(remote_side="Organisation.id")
    seats: Mapped[list[Seat]] = relationship(back_populates="organisation", order_by="Seat.id")

    @hybrid_property
    def full_name(self) -> str:
        """北海道岩見沢市: names repeat between prefectures (府中市, 伊達市, 美郷町)."""
        return self.name if self.body_kind in NAMED_ALONE else self.prefecture + self.name

    @full_name.inplace.expression
    @classmethod
    def _full_name(cls) -> ColumnElement[str]:
        return case((cls.body_kind.in_(NAMED_ALONE), cls.name), else_=cls.prefecture + cls.name)

    @property
    def addressee(self) -> str:
        """島根県美郷町長, 北海道知事, 東京都港区長: the head, as a letter addresses them (殿 is added by the letter)."""
        return self.full_name + HEAD_TITLES.get(self.body_kind, "")

    @property
    def at_present(self) -> Organisation:
        """Itself, or the body that stands for it since it merged."""
        body = self
        while body.merged_at is not None and body.successor is not None:
            body = body.successor
        return body

    @property
    def merges_on(self) -> date | None:
        """The day of a merger that is entered, past or to come."""
        return self.valid_until + timedelta(days=1) if self.successor_id and self.valid_until else None

    @property
    def own_seats(self) -> list[Seat]:
        """Without those of consultants: whom a body lets into an application is told on that page, to itself alone."""
        return [seat for seat in self.seats if seat.role != CONSULTANT]

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        return self.id == body_id

    @classmethod
    def unattended(cls, on: date | None = None) -> ColumnElement[bool]:
        """Whether a body has seats, none of which anybody holds on `on` (default today): nobody reads its mail.

        A consultant, whom it has let in, reads none of it.
        """
        on = on or calendar.today()
        own = Seat.organisation_id == cls.id, Seat.role != CONSULTANT
        has_seat = exists().where(*own).correlate(cls)
        is_held = exists().where(*own, Tenure.seat_id == Seat.id, Tenure.holds(on)).correlate(cls)
        return and_(or_(cls.valid_until.is_(None), cls.valid_until >= on), has_seat, ~is_held)


class Person(Searchable, Model):
    """Somebody with a sign-in. What they may do comes from the seats they hold."""

    __tablename__ = "people"
    kind = "person"
    searched = {"search_text": ("name", "email")}

    email: Mapped[str] = mapped_column(String(254), unique=True)  # kept lower-case
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str | None] = mapped_column(String(200))  # argon2id; None until first set by link

    tenures: Mapped[list[Tenure]] = relationship(back_populates="person")

    @property
    def password_stamp(self) -> str:
        """Changes with the password, so that each change is told once."""
        return hashlib.sha256((self.password_hash or "").encode()).hexdigest()[:16]

    @hybrid_method
    def is_own_of(self, actor: Actor) -> bool:
        return self.id == actor.person_id

    @classmethod
    def email_of(cls, person_id: int) -> str | None:
        """By which their seats are found: a person has no page of their own."""
        return db.session.scalar(select(cls.email).where(cls.id == person_id))


class Seat(Searchable, Model):
    """A post in a section (部署・役職) with its shared mailbox; it outlives whoever holds it."""

    __tablename__ = "seats"
    kind = "seat"
    searched = {"search_text": ("section", "post", "mailbox")}

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    section: Mapped[str] = mapped_column(String(100))
    post: Mapped[str] = mapped_column(String(100))
    mailbox: Mapped[str] = mapped_column(String(254))
    closed_on: Mapped[date | None]
    version_id: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(back_populates="seats")
    tenures: Mapped[list[Tenure]] = relationship(back_populates="seat", order_by="Tenure.started_on")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(r) for r in sorted(SEATED))})", name="role"),
    )

    @property
    def name(self) -> str:
        """企画課 係長: the section and the post, without a person."""
        return f"{self.section} {self.post}"

    @property
    def holder(self) -> Tenure | None:
        """Who holds it today; looks at the tenures already loaded."""
        today = calendar.today()
        return next((t for t in self.tenures if not self.is_closed and t.includes(today)), None)

    @property
    def newest_tenure_id(self) -> int:
        """What a page of this seat was filled from; 0 while nobody has held it."""
        return max((tenure.id for tenure in self.tenures), default=0)

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None and self.closed_on <= calendar.today()

    @hybrid_method
    def is_own_of(self, actor: Actor) -> bool:
        return self.id == actor.seat_id

    @classmethod
    def stands_on(cls, on: date) -> ColumnElement[bool]:
        """The condition of not being closed on `on`."""
        return or_(cls.closed_on.is_(None), cls.closed_on > on)


class Tenure(Model):
    """A person's time in a seat. It is what signs in, what acts, and what the history names."""

    __tablename__ = "tenures"
    kind = "tenure"
    membership_id = None
    WHOLE: ClassVar[Any]  # what is loaded with it: person, seat and body
    session_id = 0  # of the session that acts, where this was loaded for one: see sessions.find
    session_key = ""
    is_authenticated = is_active = True
    is_anonymous = False

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]  # the last day; the day before started_on: taken back before it took effect

    person: Mapped[Person] = relationship(back_populates="tenures")
    seat: Mapped[Seat] = relationship(back_populates="tenures")

    __table_args__ = (
        UniqueConstraint("person_id", "seat_id", "started_on"),
        # One holder at a time; what the operations check, two at once could still pass.
        Index(
            "uq_tenures_seat_id_open",
            "seat_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    def get_id(self) -> str:
        """What the cookie keeps."""
        return self.session_key

    @property
    def is_void(self) -> bool:
        """Taken back before it took effect."""
        return self.ended_on is not None and self.ended_on < self.started_on

    def includes(self, day: date) -> bool:
        return self.started_on <= day and (self.ended_on is None or self.ended_on >= day)

    @property
    def role(self) -> str:
        return self.seat.role

    @property
    def name(self) -> str:
        """Who acts, as the history and the last save tell it: of a consultant with the company, beside the body's own."""
        if self.role == CONSULTANT:
            return f"{self.person.name}（{self.seat.section}）"
        return self.person.name

    @property
    def organisation_id(self) -> int:
        return self.seat.organisation_id

    @property
    def former_body_ids(self) -> tuple[int, ...]:
        """The bodies that have merged into theirs: what was theirs is reached from here."""
        from app.organisations.successors import merged_into

        return merged_into(self.organisation_id)

    @property
    def organisation(self) -> Organisation:
        return self.seat.organisation

    @property
    def organisation_name(self) -> str:
        return self.organisation.full_name

    @property
    def seat_name(self) -> str:
        return self.seat.name

    @property
    def is_applicant(self) -> bool:
        return self.role in APPLICANT

    def may(self, permission: str, record: Any = None) -> bool:
        return allows(self, permission, record)

    @hybrid_method
    def is_own_of(self, actor: Actor) -> bool:
        """One's own, as long as it holds an open seat."""
        return (
            self.person_id == actor.person_id and self.includes(calendar.today()) and not self.seat.is_closed
        )

    @is_own_of.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_own_of(cls, actor: Actor) -> ColumnElement[bool]:
        today = calendar.today()
        return and_(
            cls.person_id == actor.person_id, cls._runs_on(today), cls.seat.has(Seat.stands_on(today))
        )

    @classmethod
    def _runs_on(cls, on: date) -> ColumnElement[bool]:
        """`includes`, for a query."""
        return and_(cls.started_on <= on, or_(cls.ended_on.is_(None), cls.ended_on >= on))

    @classmethod
    def holds(cls, on: date) -> ColumnElement[bool]:
        """The condition of holding an open seat on `on`; wants Seat joined."""
        return and_(cls._runs_on(on), Seat.stands_on(on))

    @classmethod
    def current(cls, on: date | None = None) -> Select[Self]:
        """Tenures that hold their seat on `on` (default today, JST), with person, seat and organisation."""
        on = on or calendar.today()
        return select(cls).join(cls.seat).where(cls.holds(on)).options(*cls.WHOLE)


Tenure.WHOLE = (joinedload(Tenure.person), joinedload(Tenure.seat).joinedload(Seat.organisation))


class OneTimeLink(Model):
    """A link that opens one thing once. Only the hash of its token is kept; see links.py."""

    __tablename__ = "one_time_links"
    kind = "one_time_link"

    purpose: Mapped[str] = mapped_column(String(40))  # "password" | "membership"
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str | None] = mapped_column(String(43))  # until its mail is sent: the token is made of it
    subject_id: Mapped[int]  # the person, the membership …: `purpose` says which
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("used_at IS NULL OR nonce IS NULL", name="used_is_forgotten"),)
