"""What signing in leaves behind: counted attempts, browsers that are known, and sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, UniqueConstraint, and_
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import calendar
from app.actors import Actor
from app.db import Model, UtcDateTime, db
from app.organisations.models import Person, Tenure


class SignInAttempt(db.Model):  # type: ignore[name-defined]
    """Counted to slow guessing down; the address only as a keyed hash, so that the table tells nobody's address."""

    __tablename__ = "sign_in_attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    origin: Mapped[str] = mapped_column(String(64), index=True)  # a network: see throttle.networks
    wide: Mapped[str] = mapped_column(String(64), index=True, default="")
    known_as: Mapped[str] = mapped_column(String(40), default="")  # the device or session it counts against
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KnownDevice(db.Model):  # type: ignore[name-defined]
    """A browser from which this person has signed in. It opens nothing: it only has its own count of attempts."""

    __tablename__ = "known_devices"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))  # of what its cookie holds, keyed
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("token_hash", "person_id"),)  # a browser may be several people's


class SignInSession(Model):
    """A sign-in that has not been left yet. Only the hash of its key is kept; the key is in one browser's cookie.

    Its times are the machine's, also in a demo: a clock that leaps to next month has left nobody's desk unattended.
    """

    __tablename__ = "sessions"
    kind = "session"

    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    tenure_id: Mapped[int] = mapped_column(ForeignKey("tenures.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("known_devices.id", ondelete="SET NULL"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)  # to a few minutes
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why_ended: Mapped[str] = mapped_column(String(20), default="")
    browser: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(64), default="")

    person: Mapped[Person] = relationship()
    tenure: Mapped[Tenure] = relationship()

    __table_args__ = (CheckConstraint("(ended_at IS NULL) = (why_ended = '')", name="ended_has_reason"),)

    @property
    def since(self) -> datetime:
        return _on_the_readers_clock(self.started_at)

    @property
    def seen(self) -> datetime:
        return _on_the_readers_clock(self.last_seen_at)

    @hybrid_method
    def is_own_of(self, actor: Actor) -> bool:
        return self.person_id == actor.person_id

    @classmethod
    def open_since(cls, started: datetime, seen: datetime) -> ColumnElement[bool]:
        """The condition of being open: not ended, begun after `started`, used after `seen`."""
        return and_(cls.ended_at.is_(None), cls.started_at > started, cls.last_seen_at > seen)


def _on_the_readers_clock(instant: datetime) -> datetime:
    """Differs from the machine's in a demo only."""
    return calendar.now() - (calendar.machine_now() - instant)
