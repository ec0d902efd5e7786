"""Conversations and their messages. A message never changes; that it was read, and published as a question, is noted once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.applications.models import Application
from app.db import Composed, Model, UtcDateTime
from app.organisations.models import Organisation
from app.permissions import OFFICE
from app.programmes.models import Call, Clarification, Programme

LONGEST = 4000  # characters of a message
LONGEST_SEAT = 400  # as it is sealed, it is kept


class Conversation(Model):
    """All that was written about one application, between its lead and the office."""

    __tablename__ = "conversations"
    kind = "conversation"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the last message
    last_of_office: Mapped[bool]
    # Counted here, so that a list and the first page of either side ask one table.
    unread_by_body: Mapped[int] = mapped_column(default=0)
    unread_by_office: Mapped[int] = mapped_column(default=0)

    application: Mapped[Application] = relationship()
    organisation: Mapped[Organisation] = relationship()
    call: Mapped[Call] = relationship()
    messages: Mapped[list[Message]] = relationship(back_populates="conversation", order_by="Message.id")

    __table_args__ = (
        CheckConstraint("unread_by_body >= 0 AND unread_by_office >= 0", name="unread"),
        Index("ix_conversations_last_at_id", "last_at", "id"),
        Index("ix_conversations_organisation_id_last_at_id", "organisation_id", "last_at", "id"),
    )

    @property
    def programme(self) -> Programme:
        return self.call.programme

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        """Only the lead acts for the application."""
        return self.organisation_id == body_id

    def unread_by(self, role: str) -> int:
        return self.unread_by_office if role in OFFICE else self.unread_by_body


class Message(Model):
    """What one person wrote, in which seat and when; and who of the other side read it first."""

    __tablename__ = "messages"
    kind = "message"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    key: Mapped[str] = mapped_column(
        String(40), unique=True
    )  # of the page that sent it: sent twice, it is one
    of_office: Mapped[bool]
    author: Mapped[str] = mapped_column(String(200))
    author_seat: Mapped[str] = mapped_column(Composed(LONGEST_SEAT))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_by: Mapped[str] = mapped_column(String(200), default="")
    clarification_id: Mapped[int | None] = mapped_column(ForeignKey("clarifications.id"))

    conversation: Mapped[Conversation] = relationship(back_populates="messages")
    clarification: Mapped[Clarification | None] = relationship()
    __table_args__ = (CheckConstraint("(read_at IS NULL) = (read_by = '')", name="read_by_someone"),)
