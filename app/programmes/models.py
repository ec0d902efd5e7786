"""Programmes, calls, their criteria and deadline extensions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import calendar
from app.db import Model, OneLine, Searchable, UtcDateTime
from app.lifecycle import CALL
from app.lifecycle.call import CLOSED, PUBLIC, UNDECIDED
from app.programmes.form import FILES, NEEDED
from app.programmes.rules import CONSENT, CONSENTS, FLAG, OUTCOMES, REFUSE, RULES
from app.questions.definition import Definition
from app.questions.models import FormTemplate

EXTENSION_MONTH = 1  # extensions are asked for until the end of January of the last base year [I]


class Programme(Model):
    """A programme, and what it says of itself in letters, mails and pages (docs/adr/0027)."""

    __tablename__ = "programmes"
    kind = "programme"

    key: Mapped[str] = mapped_column(String(40), unique=True)  # in public addresses, and in open data
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    ministry: Mapped[str] = mapped_column(String(100))
    ministry_en: Mapped[str] = mapped_column(String(100))
    bureau: Mapped[str] = mapped_column(String(100))
    bureau_en: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(100))  # who signs its letters (発信者)
    section: Mapped[str] = mapped_column(String(100))  # who answers, as letters and mails name it
    mark: Mapped[str] = mapped_column(String(20))  # of its document numbers: 未技 in 4未技第1号
    sender: Mapped[str] = mapped_column(String(100))  # whose name stands before the address of its mails
    contact_address: Mapped[str] = mapped_column(String(254))
    contact_telephone: Mapped[str] = mapped_column(String(40), default="")  # nothing is said where empty
    contact_hours: Mapped[str] = mapped_column(String(200), default="")
    # Working days until somebody who has asked for a first seat has it, as the page that tells the way says.
    access_days: Mapped[int] = mapped_column(default=5, server_default="5")
    # Numbers of projects up to this one are kept for a published list; others are numbered after it.
    numbers_reserved_through: Mapped[int] = mapped_column(default=0, server_default="0")
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")

    calls: Mapped[list[Call]] = relationship(back_populates="programme")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint("numbers_reserved_through >= 0", name="numbers_reserved"),
        CheckConstraint("mark <> ''", name="has_a_mark"),
    )


class Call(Searchable, Model):
    """One round of the programme. `selection_fy` is stated, never derived from a submission's date."""

    __tablename__ = "calls"
    KNOWN_WITH: ClassVar[Any]  # what is kept in memory with it
    kind = "call"
    searched = {"search_text": ("title", "code")}

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)  # R5, R4-S: prefix of application numbers
    title: Mapped[str] = mapped_column(String(200))
    programme_name: Mapped[str | None] = mapped_column(String(200))  # of then, where it was not today's
    selection_fy: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(20), default=CALL.initial, index=True)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    base_years: Mapped[int] = mapped_column(default=3)  # fiscal years of support, the selection year included
    extension_years: Mapped[int] = mapped_column(
        default=0
    )  # further years that may be certified on application
    extension_due_on: Mapped[date | None]  # by when it is applied for; None: see extension_deadline
    eligible_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)  # organisation kinds that may lead
    description: Mapped[str] = mapped_column(Text, default="")
    # What becomes of an application that applies again against the rules: see rules.py.
    rule_upgrade: Mapped[str] = mapped_column(String(20), default=REFUSE, server_default=REFUSE)
    rule_same_content: Mapped[str] = mapped_column(String(20), default=REFUSE, server_default=REFUSE)
    rule_active_project: Mapped[str] = mapped_column(String(20), default=FLAG, server_default=FLAG)
    joint_consent: Mapped[str] = mapped_column(String(20), default=CONSENT, server_default=CONSENT)
    announced_count: Mapped[int | None]  # how many the office announced, also when not all are on record here
    announced_on: Mapped[date | None]
    unlisted_ended_on: Mapped[
        date | None
    ]  # when support of the announced projects that no source names had ended
    window_note: Mapped[str] = mapped_column(Text, default="")  # what the sources say of an incomplete window
    is_sample: Mapped[bool] = mapped_column(
        default=False
    )  # made up for the demo, and marked as such on every page
    # Numbers of applications up to this one are not given again: they went out before a backup was restored.
    numbers_skipped_through: Mapped[int] = mapped_column(default=0, server_default="0")
    version_id: Mapped[int] = mapped_column(default=1)

    # What the office looks at in each application: see checklist.py.
    checklist: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")

    form_id: Mapped[int | None] = mapped_column(ForeignKey("form_templates.id"))  # what it asks of applicants

    programme: Mapped[Programme] = relationship(back_populates="calls")
    form: Mapped[FormTemplate | None] = relationship()
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="call", order_by="Criterion.position", cascade="all, delete-orphan"
    )
    extensions: Mapped[list[DeadlineExtension]] = relationship(
        back_populates="call", order_by="DeadlineExtension.extended_at"
    )
    clarifications: Mapped[list[Clarification]] = relationship(
        back_populates="call", order_by="Clarification.position, Clarification.number"
    )

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in CALL.states)})", name="state"),
        CheckConstraint(
            "state <> 'published' OR (opens_at IS NOT NULL AND closes_at IS NOT NULL)", name="window"
        ),
        CheckConstraint(
            "opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at", name="opens_before_closing"
        ),
        CheckConstraint("base_years >= 1 AND extension_years >= 0", name="support_rule"),
        CheckConstraint("extension_due_on IS NULL OR extension_years > 0", name="extension_deadline"),
        CheckConstraint("numbers_skipped_through >= 0", name="numbers_skipped"),
        CheckConstraint(f"joint_consent IN ({', '.join(repr(it) for it in CONSENTS)})", name="joint_consent"),
        *(CheckConstraint(f"{key} IN ({', '.join(repr(it) for it in OUTCOMES)})", name=key) for key in RULES),
    )

    def outcome_of(self, rule: str) -> str:
        """What becomes of an application that a rule of `RULES` finds something about."""
        return str(getattr(self, RULES[rule].key))

    @property
    def asks(self) -> Definition | None:
        """What it asks of applicants now; a draft what it is to ask. None of a call that never had a form."""
        version = self.form and (self.form.published or self.form.newest)
        return version.form if version else None

    @property
    def asks_more(self) -> bool:
        """Whether it asks anything beyond what no application can do without: it was there to be applied to."""
        return self.asks is not None and bool(self.asks.questions.keys() - NEEDED.keys() - {FILES})

    def takes_submissions_at(self, at: datetime, later: datetime | None = None) -> bool:
        """From the opening instant up to, but not including, the closing instant (server clock).

        Of an applicant who has a grace, up to that one, where it is `later`.
        """
        return (
            self in UNDECIDED
            and self.opens_at is not None
            and self.closes_at is not None
            and self.opens_at <= at < max(self.closes_at, later or self.closes_at)
        )

    def opens_after(self, at: datetime) -> bool:
        """Published, and the opening instant is still to come."""
        return self in UNDECIDED and self.opens_at is not None and at < self.opens_at

    def has_closed_at(self, at: datetime) -> bool:
        return self.closes_at is not None and at >= self.closes_at

    @property
    def is_open(self) -> bool:
        return self.takes_submissions_at(calendar.now())

    @property
    def name_of_then(self) -> str:
        """The programme's name when this round was held: 近未来技術等社会実装事業 in FY2018 and FY2019."""
        return self.programme_name or self.programme.name

    @property
    def standing(self) -> str:
        """Its state, or "closed" while the office reviews what has come in."""
        return CLOSED if self in UNDECIDED and self.has_closed_at(calendar.now()) else self.state

    @hybrid_method
    def last_fy_with(self, further_years: Any) -> Any:
        """The last fiscal year of support (S4: counted from the selection fiscal year), with so many certified years."""
        return self.selection_fy + self.base_years + further_years - 1

    @property
    def base_end(self) -> date:
        """The last day of support without an extension: 31 March."""
        return calendar.fiscal_year_end(self.last_fy_with(0))

    @property
    def maximum_end(self) -> date:
        return calendar.fiscal_year_end(self.last_fy_with(self.extension_years))

    @property
    def extension_deadline(self) -> date:
        """The last day on which an extension (継続申請) is asked for, where the call offers one.

        31 January of the last base year, or the next working day, unless officers set another [I]: it is certified
        before March.
        """
        return self.extension_due_on or calendar.first_business_day_on_or_after(
            date(self.base_end.year, EXTENSION_MONTH, 31)
        )

    @hybrid_property
    def was_published(self) -> bool:
        return self in PUBLIC

    @was_published.inplace.expression
    @classmethod
    def _was_published(cls) -> ColumnElement[bool]:
        return PUBLIC.of(cls)


class Criterion(Model):
    """What reviewers judge by; weights are data of the call."""

    __tablename__ = "criteria"
    kind = "criterion"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(OneLine, default="")
    weight: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship(back_populates="criteria")
    __table_args__ = (UniqueConstraint("call_id", "position"),)


class DeadlineExtension(Model):
    """A closing instant moved later for all, with its reason."""

    __tablename__ = "deadline_extensions"
    kind = "deadline_extension"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    was: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    extended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    extended_by: Mapped[str] = mapped_column(String(200))

    call: Mapped[Call] = relationship(back_populates="extensions")
    __table_args__ = (CheckConstraint("closes_at > was", name="later"),)


class Clarification(Model):
    """One question and its answer, as they read now."""

    __tablename__ = "clarifications"
    kind = "clarification"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    number: Mapped[int]  # within the call, in the order of publication; never given again
    position: Mapped[int]  # in which order they are read
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(200))
    edition: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # since it was published
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")  # told to everybody
    version_id: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship(back_populates="clarifications")
    editions: Mapped[list[ClarificationEdition]] = relationship(
        back_populates="clarification", order_by="ClarificationEdition.number"
    )

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("number >= 1 AND edition >= 1", name="counted_from_one"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal_reason = '')", name="withdrawn_for_a_reason"),
        CheckConstraint("(edition = 1) = (edited_at IS NULL)", name="edited_at"),
    )

    @property
    def is_published(self) -> bool:
        return self.withdrawn_at is None


class ClarificationEdition(Model):
    """The words of a clarification, as they stood from `written_at` on. Never changed."""

    __tablename__ = "clarification_editions"
    kind = "clarification_edition"

    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarifications.id"), index=True)
    number: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(String(200))

    clarification: Mapped[Clarification] = relationship(back_populates="editions")
    __table_args__ = (UniqueConstraint("clarification_id", "number"),)


Call.KNOWN_WITH = tuple(joinedload(it) for it in (Call.programme, Call.form, Call.criteria, Call.extensions))
