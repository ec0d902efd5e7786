"""The room of a project, the form that it answers, the ministries that stand in it, and initiatives."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model
from app.programmes.models import Programme
from app.projects.models import Project
from app.questions.models import FormTemplate, Response

NAME_MAX, TEXT_MAX = 200, 2000  # characters


class RoomForm(Model):
    """The form that the rooms of one programme answer."""

    __tablename__ = "room_forms"
    kind = "room_form"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), unique=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))

    programme: Mapped[Programme] = relationship()
    template: Mapped[FormTemplate] = relationship()


class Room(Model):
    """What is written about one project beside what makes it one."""

    __tablename__ = "rooms"
    kind = "room"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), unique=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), unique=True)

    project: Mapped[Project] = relationship()
    answered: Mapped[Response] = relationship()
    ministries: Mapped[list[RoomMinistry]] = relationship(
        back_populates="room", order_by="RoomMinistry.position", cascade="all, delete-orphan"
    )


class RoomMinistry(Model):
    """A ministry that stands beside a project, once each: what lists and filters ask. It follows the answers of the room."""

    __tablename__ = "room_ministries"
    kind = "room_ministry"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX), index=True)

    room: Mapped[Room] = relationship(back_populates="ministries")
    __table_args__ = (UniqueConstraint("room_id", "name"),)


class Initiative(Model):
    """One of the things that are done within a project (個別取組). It is never deleted: it ends, or was entered by mistake."""

    __tablename__ = "initiatives"
    kind = "initiative"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    summary: Mapped[str] = mapped_column(Text, default="")
    technologies: Mapped[list[str]] = mapped_column(JSON, default=list)
    begun_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)  # entered by mistake: counted nowhere
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("project_id", "position"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("ended_on IS NULL OR begun_on IS NULL OR ended_on >= begun_on", name="period"),
    )

    @hybrid_property
    def counts(self) -> bool:
        """Whether it is one that surveys and figures count."""
        return not self.withdrawn

    @counts.inplace.expression
    @classmethod
    def _counts(cls) -> ColumnElement[bool]:
        return cls.withdrawn.is_(False)
