"""What a body wishes for the time after support of one project."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime, db
from app.organisations.models import Organisation
from app.programmes.models import Programme
from app.projects.models import Project
from app.questions.models import FormTemplate, Response


class WishForm(Model):
    """The form that the wishes of one programme answer."""

    __tablename__ = "wish_forms"
    kind = "wish_form"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), unique=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))

    template: Mapped[FormTemplate] = relationship()


class Wish(Model):
    """What one body of a project wishes: its answers, and beside them what lists ask (None: open, or not said)."""

    __tablename__ = "wishes"
    kind = "wish"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), unique=True)
    magazine: Mapped[bool | None]
    council: Mapped[bool | None]
    invitation: Mapped[bool | None]
    reapplying: Mapped[bool | None]
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: its page was opened, nothing said

    project: Mapped[Project] = relationship()
    organisation: Mapped[Organisation] = relationship()
    answered: Mapped[Response] = relationship()
    __table_args__ = (UniqueConstraint("project_id", "organisation_id"),)

    @property
    def programme(self) -> Programme:
        return self.project.programme

    @hybrid_method
    def belongs_to(self, body_id: int | None) -> bool:
        """To the body that wishes, not to the others of the project: a magazine is each one's own."""
        return self.organisation_id == body_id

    @classmethod
    def project_of(cls, wish_id: int) -> int | None:
        """On whose page it is shown."""
        return db.session.scalar(select(cls.project_id).where(cls.id == wish_id))
