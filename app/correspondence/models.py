"""Letters, the register of document numbers, and the outbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.db import Composed, Model, Searchable, UtcDateTime, db
from app.lifecycle import LETTER
from app.lifecycle.letter import DISCARDED, ISSUED, REPLACED, UNISSUED, WITHDRAWN
from app.organisations.models import OneTimeLink, Organisation

# Kinds of letters.
SUPPORT_END = "support-end"
ANNUAL_REPORT = "annual-report"
EXTENSION_GUIDANCE, EXTENSION_CERTIFIED, EXTENSION_REFUSED = (
    "extension-guidance",
    "extension-certified",
    "extension-refused",
)
CANCELLATION = "cancellation"
TELLING_THE_END = (SUPPORT_END, EXTENSION_CERTIFIED, EXTENSION_REFUSED)  # say when support ends
OF_RESULTS = ("selection", "non-selection")
REPLACEMENT, WITHDRAWAL = "replacement", "withdrawal"
SUPERSEDING = (REPLACEMENT, WITHDRAWAL)  # kinds of letters that correct an issued one
# Kinds that leave as soon as a director has approved them; those of the end of support wait for their day.
AT_ONCE = (*SUPERSEDING, EXTENSION_GUIDANCE, EXTENSION_CERTIFIED, EXTENSION_REFUSED, CANCELLATION)
SUPERSEDED = {REPLACEMENT: REPLACED, WITHDRAWAL: WITHDRAWN}  # what the letter before it is called then
STANDS = "supersedes_id IS NOT NULL AND state <> 'discarded'"


class Letter(Searchable, Model):
    """A letter to one body. Once issued it has its number, file and hash, and never changes."""

    __tablename__ = "letters"
    kind = "letter"
    searched = {"search_text": ("number", "addressee", "subject", "about_number")}

    key: Mapped[str] = mapped_column(String(120), unique=True)  # what it is about and to whom: drafted once
    letter_kind: Mapped[str] = mapped_column(String(30))  # a key of letters.LETTER_KINDS
    state: Mapped[str] = mapped_column(String(20), default=LETTER.initial)
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    about_number: Mapped[str] = mapped_column(String(30), default="")  # as people name it: 一覧番号, 受付番号
    programme_id: Mapped[int]  # in whose voice it speaks; known here by id alone, as what it is about
    fiscal_year: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    addressee: Mapped[str] = mapped_column(Composed(200))
    subject: Mapped[str] = mapped_column(Composed(300))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # the fields of rendering.LetterContent
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    mark: Mapped[str | None] = mapped_column(String(20))  # the register's: one for each mark and fiscal year
    register_fy: Mapped[int | None]
    sequence: Mapped[int | None]
    issued_on: Mapped[date | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    path: Mapped[str | None] = mapped_column(String(300))  # in the storage
    pages: Mapped[int | None]
    approved_by: Mapped[str | None] = mapped_column(String(200))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What a director sent it back for, and what the office answered; the history keeps the earlier ones.
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")
    remarked_by: Mapped[str] = mapped_column(Composed(200), default="", server_default="")
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    # The issued letter in whose place this one goes out, or that it withdraws: see superseding.py.
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"))
    superseder_id: ClassVar[Any]
    superseded_as: ClassVar[Any]
    version_id: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in LETTER.states)})", name="state"),
        CheckConstraint("state <> 'sent_back' OR remark <> ''", name="sent_back_for_a_remark"),
        CheckConstraint(
            "state <> 'issued' OR (number IS NOT NULL AND issued_on IS NOT NULL AND sha256 IS NOT NULL "
            "AND path IS NOT NULL AND pages IS NOT NULL)",
            name="issued_is_frozen",
        ),
        CheckConstraint(
            "state IN ('drafted', 'sent_back', 'discarded') OR approved_at IS NOT NULL",
            name="approved_by_someone",
        ),
        CheckConstraint(
            f"(supersedes_id IS NOT NULL) = (letter_kind IN ({', '.join(map(repr, SUPERSEDING))}))",
            name="superseding",
        ),
        CheckConstraint("supersedes_id <> id", name="supersedes_another"),
        UniqueConstraint("mark", "register_fy", "sequence"),
        db.Index(
            "uq_letters_supersedes_id_standing",
            "supersedes_id",
            unique=True,
            sqlite_where=text(STANDS),
            postgresql_where=text(STANDS),
        ),
        db.Index("ix_letters_about_kind_about_id", "about_kind", "about_id"),
        # The list's order, after each of what it is narrowed by: see app/web/paging.py.
        *(
            db.Index(f"ix_letters_{'_'.join((*first, 'fiscal_year_id'))}", *first, "fiscal_year", "id")
            for first in ((), ("letter_kind",), ("state",), ("organisation_id", "state"))
        ),
    )

    @property
    def standing(self) -> str:
        """Its state; once another letter was issued in its place or withdraws it, that."""
        return SUPERSEDED[self.superseded_as] if self in ISSUED and self.superseded_as else self.state

    @property
    def is_withdrawal(self) -> bool:
        """Whether it withdraws another letter."""
        return self.letter_kind == WITHDRAWAL

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        return self.organisation_id == body_id

    @hybrid_property
    def was_issued(self) -> bool:
        return self in ISSUED

    @was_issued.inplace.expression
    @classmethod
    def _was_issued(cls) -> ColumnElement[bool]:
        return ISSUED.of(cls)

    @hybrid_property
    def tells_a_result(self) -> bool:
        """Whether it would tell what has not been announced: such a letter is issued with the announcement."""
        return self.letter_kind in OF_RESULTS and self in UNISSUED

    @tells_a_result.inplace.expression
    @classmethod
    def _tells_a_result(cls) -> ColumnElement[bool]:
        return and_(cls.letter_kind.in_(OF_RESULTS), UNISSUED.of(cls))


_later = Letter.__table__.alias("later")
_of_later = (_later.c.supersedes_id == Letter.id) & ~DISCARDED.of(_later.c)
# The letter that supersedes this one, drafts included; and as what, once it was issued. Read with the letter.
Letter.superseder_id = column_property(
    select(_later.c.id).where(_of_later).correlate_except(_later).scalar_subquery()
)
Letter.superseded_as = column_property(
    select(_later.c.letter_kind)
    .where(_of_later, ISSUED.of(_later.c))
    .correlate_except(_later)
    .scalar_subquery()
)


class LetterOpening(db.Model):  # type: ignore[name-defined]
    """Somebody opened a letter, on its page or as PDF: the first time for each seat a person acts in."""

    __tablename__ = "letter_openings"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)  # letter:tenure
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(Composed(200))  # the person, as they were called then
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NumberRegister(db.Model):  # type: ignore[name-defined]
    """The last document number given with a mark in a fiscal year; the row is locked while one is given."""

    __tablename__ = "number_registers"
    kind = "number_register"
    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(20))
    fiscal_year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("mark", "fiscal_year"),)


NOT_GONE = "sent_at IS NULL AND kept_path IS NULL"


class Mail(Searchable, Model):
    """One mail to one address, in the outbox or gone. Its state is derived from what has happened to it."""

    __tablename__ = "mails"
    kind = "mail"
    searched = {"search_text": ("to_address", "to_name", "subject")}

    key: Mapped[str] = mapped_column(String(160), unique=True)  # queued once
    to_address: Mapped[str] = mapped_column(String(254))  # empty: the body has no active seat; parked at once
    to_name: Mapped[str] = mapped_column(Composed(200), default="")
    subject: Mapped[str] = mapped_column(Composed(300))
    body: Mapped[str] = mapped_column(Text)  # links.place_of(link) stands where its token will be
    link_id: Mapped[int | None] = mapped_column(ForeignKey("one_time_links.id"))
    attachments: Mapped[list[dict[str, str]]] = mapped_column(
        JSON, default=list
    )  # filename, path, media_type, sha256
    about_kind: Mapped[str] = mapped_column(String(40), default="")
    about_id: Mapped[int | None]
    programme_id: Mapped[int | None]  # in whose voice it speaks; None: there was none yet
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, index=True
    )  # None: nothing more to do
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a worker is talking to the server now
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_path: Mapped[str | None] = mapped_column(String(300))  # the .eml, where no SMTP server is configured
    parked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # staff said: do not send
    last_error: Mapped[str] = mapped_column(Text, default="")
    # What the officers read beside its copy in the day's digest, and when that was queued; empty: no copy.
    copy_note: Mapped[str] = mapped_column(Text, default="")
    copied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # "applicant": what editor and approver of a body tell each other before anything is submitted; the office sees that
    # it was sent, and to whom, but not its text.
    audience: Mapped[str] = mapped_column(String(20), default="all", server_default="all")
    message_id: Mapped[str] = mapped_column(String(200), unique=True)

    organisation: Mapped[Organisation | None] = relationship()
    link: Mapped[OneTimeLink | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "next_attempt_at IS NULL OR (sent_at IS NULL AND kept_path IS NULL AND parked_at IS NULL "
            "AND set_aside_at IS NULL AND to_address <> '')",
            name="waits_or_is_done_with",
        ),
        CheckConstraint("copied_at IS NULL OR copy_note <> ''", name="copied_has_note"),
        CheckConstraint("audience IN ('all', 'applicant')", name="audience"),
        db.Index("ix_mails_about_kind_about_id", "about_kind", "about_id"),
        db.Index("ix_mails_queued_at_id", "queued_at", "id"),
        db.Index("ix_mails_organisation_id_queued_at_id", "organisation_id", "queued_at", "id"),
        db.Index(  # those that somebody may have to see to are few
            "ix_mails_queued_at_id_open",
            "queued_at",
            "id",
            sqlite_where=text(NOT_GONE),
            postgresql_where=text(NOT_GONE),
        ),
    )

    @hybrid_property
    def state(self) -> str:
        if self.sent_at:
            return "sent"
        if self.kept_path:
            return "kept"
        if self.set_aside_at:
            return "set_aside"
        if self.parked_at:
            return "parked"
        return "sending" if self.claimed_at else "queued"

    @state.inplace.expression
    @classmethod
    def _state(cls) -> ColumnElement[str]:
        return case(*((it.is_not(None), name) for name, it in cls._signs()), else_="queued")

    @classmethod
    def stands_in(cls, wanted: str) -> ColumnElement[bool]:
        """The condition of being in the state `wanted`, in words that an index answers."""
        signs = cls._signs()
        earlier = [name for name, _sign in signs].index(wanted) if wanted in dict(signs) else len(signs)
        not_yet = [it.is_(None) for _name, it in signs[:earlier]]
        return and_(*not_yet, *(it.is_not(None) for name, it in signs if name == wanted))

    @classmethod
    def _signs(cls) -> list[tuple[str, Any]]:
        """What is filled in each state; the first of them says."""
        return [
            ("sent", cls.sent_at),
            ("kept", cls.kept_path),
            ("set_aside", cls.set_aside_at),
            ("parked", cls.parked_at),
            ("sending", cls.claimed_at),
        ]
