"""Projects and the bodies that carry them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app import calendar
from app.applications.models import Application
from app.correspondence.models import TELLING_THE_END
from app.correspondence.superseding import stands_issued
from app.db import Model, OneLine, Searchable
from app.lifecycle import PROJECT
from app.lifecycle.project import CANCELLED, ENDED, UNDER_SUPPORT
from app.organisations.models import Organisation
from app.programmes.models import Call, Programme

NOT_ASKED, CERTIFIED, REFUSED = "not_asked", "certified", "refused"
EXTENSION_OUTCOMES = (NOT_ASKED, CERTIFIED, REFUSED)  # what can become of an extension (継続申請)


CANCEL_GROUNDS = (
    "by_body",
    "not_carried_out",
    "not_eligible",
    "false_statement",
    "other",
)  # why it is cancelled (中止)
ASKED_BY = ("body", "office")  # who asked for it


class Project(Searchable, Model):
    """A selected project. Its period follows from the call: nothing here says five years."""

    __tablename__ = "projects"
    kind = "project"
    searched = {"search_text": ("title", "technologies_raw")}

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))  # its call's: see _of_the_call
    number: Mapped[int]  # unique within the programme
    listed_as_of: Mapped[
        date | None
    ]  # the month of the published list whose row `number` is; None: of no such list
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), unique=True)
    lead_code: Mapped[str | None] = mapped_column(
        String(6)
    )  # its lead body's, which never changes: lists go by it
    state: Mapped[str] = mapped_column(String(20), default=PROJECT.initial, index=True)
    title: Mapped[str | None] = mapped_column(String(200))  # None: the sources give none
    technologies: Mapped[list[str]] = mapped_column(JSON, default=list)
    technologies_etc: Mapped[bool] = mapped_column(default=False)
    technologies_raw: Mapped[str] = mapped_column(OneLine, default="")  # as printed in the source
    road_linked: Mapped[bool] = mapped_column(default=False)  # ※ MLIT road bureau's 自動運転サービス導入支援
    opened_on: Mapped[date | None]  # the day of the announcement, where known
    extension: Mapped[str | None] = mapped_column(String(20))  # what became of it; None: not recorded yet
    extension_on: Mapped[date | None]  # the day of that: of the certification, the refusal, the answer
    extension_remark: Mapped[str] = mapped_column(Text, default="")
    extended_years: Mapped[int] = mapped_column(default=0)  # certified, at most the call's extension_years
    cancelled_on: Mapped[date | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    cancel_ground: Mapped[str] = mapped_column(String(30), default="", server_default="")
    cancel_asked_by: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # How often it was ended or cancelled by mistake: what was drafted before does not stand for what comes now.
    reinstatements: Mapped[int] = mapped_column(default=0, server_default="0")
    version_id: Mapped[int] = mapped_column(default=1)

    programme: Mapped[Programme] = relationship()
    call: Mapped[Call] = relationship()
    application: Mapped[Application | None] = relationship()
    applicants: Mapped[list[ProjectApplicant]] = relationship(
        back_populates="project", order_by="ProjectApplicant.position", cascade="all, delete-orphan"
    )
    lead_body: Mapped[Organisation] = relationship(  # for the order of a list; `lead` looks at the applicants
        secondary="project_applicants",
        primaryjoin="and_(Project.id == ProjectApplicant.project_id, ProjectApplicant.position == 0)",
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(s) for s in PROJECT.states)})", name="state"),
        CheckConstraint("reinstatements >= 0", name="reinstatements"),
        CheckConstraint("extended_years >= 0", name="extended_years"),
        CheckConstraint(f"extension IN ({', '.join(map(repr, EXTENSION_OUTCOMES))})", name="extension"),
        CheckConstraint("(extension IS NULL) = (extension_on IS NULL)", name="extension_has_day"),
        CheckConstraint(
            f"(extended_years > 0) = (extension IS NOT NULL AND extension = '{CERTIFIED}')",
            name="extended_when_certified",
        ),
        CheckConstraint("state <> 'cancelled' OR cancelled_on IS NOT NULL", name="cancelled_has_day"),
        UniqueConstraint("programme_id", "number"),
        Index("ix_projects_lead_code_number_id", "lead_code", "number", "id"),
    )

    @validates("applicants")
    def _of_the_lead(self, _name: str, applicant: ProjectApplicant) -> ProjectApplicant:
        if applicant.position == 0:
            self.lead_code = applicant.organisation.code
        return applicant

    @validates("call")
    def _of_the_call(self, _name: str, call: Call) -> Call:
        """A project is of the programme of its call: nobody can say another."""
        self.programme = call.programme
        return call

    @property
    def shown_title(self) -> str:
        """Its title; where the sources give none, what it is called by its bodies. Pages say which of the two it is."""
        others = "ほか" if len(self.applicants) > 1 else ""
        return self.title or f"{self.lead.full_name}{others}の事業"

    @property
    def reference(self) -> tuple[str, str]:
        """What the project is known by outside the office, and its number there.

        受付番号 where it came from an application; else 一覧番号, with the month of the published list where it is in one.
        """
        if self.application and self.application.number:
            return "受付番号", self.application.number
        if self.listed_as_of:
            month = calendar.era_date(self.listed_as_of).partition("月")[0]
            return f"一覧番号（{month}月時点）", str(self.number)
        return "一覧番号", str(self.number)

    @property
    def bodies(self) -> list[Organisation]:
        """All applicants, the lead first."""
        return [applicant.organisation for applicant in self.applicants]

    @property
    def lead(self) -> Organisation:
        return self.applicants[0].organisation

    @property
    def acting_organisation_ids(self) -> set[int]:
        return {applicant.organisation_id for applicant in self.applicants}

    @hybrid_property
    def last_fy(self) -> int:
        """The last fiscal year of support. A query wants Call joined."""
        return self.call.last_fy_with(self.extended_years)

    @last_fy.inplace.expression
    @classmethod
    def _last_fy(cls) -> ColumnElement[int]:
        return cast("ColumnElement[int]", Call.last_fy_with(cls.extended_years))

    @property
    def ends_on(self) -> date:
        return calendar.fiscal_year_end(self.last_fy)

    @property
    def may_be_extended(self) -> bool:
        """Whether its call offers further years on application (継続申請), whatever became of that here."""
        return self.call.extension_years > 0

    @property
    def awaits_extension(self) -> bool:
        """Its end is not known yet: the call offers an extension, and nothing is recorded of it."""
        return self.may_be_extended and self.extension is None

    def goes_on_at(self, at: datetime) -> bool:
        """Whether its period is not over at `at` by what is on record."""
        return calendar.fiscal_year(at) <= self.last_fy

    @property
    def end_is_told(self) -> bool:
        """Whether a letter that tells its end was issued, and is not withdrawn, nor to be."""
        return stands_issued(self, *TELLING_THE_END)

    @property
    def maximum_end(self) -> date:
        """The latest last day of support that is still open: the present end once an extension is recorded."""
        return self.call.maximum_end if self.awaits_extension else self.ends_on

    @property
    def support_years(self) -> int:
        """How many fiscal years of support there are in all, the certified ones included."""
        return self.call.base_years + self.extended_years

    @property
    def starts_on(self) -> date:
        """The announcement's day; where it is not known, the first day of the selection fiscal year."""
        return self.opened_on or self.call.announced_on or calendar.fiscal_year_start(self.call.selection_fy)

    def state_on(self, day: date) -> str | None:
        """Where it stands on `day` by its period, past or to come; None before it was announced.

        The `state` column is what the night's job has written; a figure as of a date must not wait for that.
        """
        if day < self.starts_on:
            return None
        if self.cancelled_on and self.cancelled_on <= day:
            return CANCELLED.only
        # Past its base end a project goes on until an officer records what became of its extension.
        goes_on = self.awaits_extension and self in UNDER_SUPPORT and day <= calendar.today()
        return (UNDER_SUPPORT if day <= self.ends_on or goes_on else ENDED).only

    def support_year(self, on: date | None = None) -> int:
        """1 in the selection fiscal year, 2 in the next …"""
        return calendar.fiscal_year(on or calendar.today()) - self.call.selection_fy + 1

    @classmethod
    def end_is_known(cls) -> ColumnElement[bool]:
        """The condition of not waiting for an extension to be recorded: `awaits_extension` in SQL. Wants Call joined."""
        return or_(Call.extension_years == 0, cls.extension.is_not(None))

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        """Each applicant acts for the project, not the lead alone."""
        return body_id in self.acting_organisation_ids

    @belongs_to.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _belongs_to(cls, body_id: int | None) -> ColumnElement[bool]:
        applied = select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id == body_id)
        return cls.id.in_(applied)


class OfProject:
    """What is written about a project: it is of the project's programme, and belongs to each of its bodies."""

    if TYPE_CHECKING:
        project: Mapped[Project]

    @property
    def programme(self) -> Programme:
        return self.project.programme

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        return self.project.belongs_to(body_id)

    @belongs_to.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _belongs_to(cls, body_id: int | None) -> ColumnElement[bool]:
        return cls.project.has(Project.belongs_to(body_id))


class ProjectApplicant(Model):
    __tablename__ = "project_applicants"
    kind = "project_applicant"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    position: Mapped[int]  # 0 leads

    project: Mapped[Project] = relationship(back_populates="applicants")
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id"),
        UniqueConstraint("project_id", "position"),
    )
