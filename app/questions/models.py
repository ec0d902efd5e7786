"""Form templates with their versions, responses with their answers, what was frozen of them, and the files received."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any, cast

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, UtcDateTime, db
from app.questions.definition import Definition, Section
from app.seals import canonical
from app.storage import path_of

CURRENT = 0  # `former_of` of an answer to what the form asks now


class FormTemplate(Model):
    """A form through all its versions. Who asks with it points at it; it knows nobody."""

    __tablename__ = "form_templates"
    kind = "form_template"

    title: Mapped[str] = mapped_column(String(200), default="")

    versions: Mapped[list[FormVersion]] = relationship(
        back_populates="template", order_by="FormVersion.number"
    )

    @property
    def newest(self) -> FormVersion:
        """The last version, published or not."""
        return self.versions[-1]

    @property
    def published(self) -> FormVersion | None:
        """The version that is answered now."""
        return next((version for version in reversed(self.versions) if version.published_at), None)

    @property
    def is_edited(self) -> bool:
        """Whether something stands to be published that is not what is answered now."""
        return self.published is not None and self.published.sha256 != self.newest.sha256


class FormVersion(Model):
    """What the form asks in one version. From the first answer on it never changes."""

    __tablename__ = "form_versions"
    kind = "form_version"

    template_id: Mapped[int] = mapped_column(ForeignKey("form_templates.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))  # of the definition's canonical JSON
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the first answer was saved

    template: Mapped[FormTemplate] = relationship(back_populates="versions")
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(published_at IS NULL) = (published_by = '')", name="published_by_someone"),
        CheckConstraint("answered_at IS NULL OR published_at IS NOT NULL", name="answered_when_published"),
    )

    @property
    def form(self) -> Definition:
        """The definition, read once however often it is asked for."""
        cached = self.__dict__.get("_form")
        if cached is None or cached[0] is not self.definition:
            cached = self.__dict__["_form"] = (self.definition, Definition.of(self.definition))
        return cached[1]

    def ask(self, form: Definition) -> None:
        self.definition, self.sha256 = form.to_json(), form.sha256


class Response(Model):
    """What somebody answers to one version of a form, about something (kind and id)."""

    __tablename__ = "responses"
    kind = "response"

    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_versions.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The last save of each section: {"basics": {"version": 3, "by": "…", "person": 7, "at": "…"}}. Two people on two
    # sections do not disturb each other; two on the same section are told.
    saves: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    # Sections that are asked in this response alone, beyond those of the form: whoever asks gives them (`ask_further`).
    further: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    # What the last carry-over to a newer version did: {"from", "to", "at", "moved", "new", "gone"}.
    carried: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    version: Mapped[FormVersion] = relationship()
    answers: Mapped[list[ResponseAnswer]] = relationship(
        back_populates="response", order_by="ResponseAnswer.id"
    )
    files: Mapped[list[ReceivedFile]] = relationship(back_populates="response", order_by="ReceivedFile.id")
    frozen: Mapped[list[FrozenResponse]] = relationship(
        back_populates="response", order_by="FrozenResponse.id"
    )
    __table_args__ = (Index("ix_responses_subject_kind_subject_id", "subject_kind", "subject_id"),)

    @property
    def form(self) -> Definition:
        """What is asked here: the version of the form, and what is asked in this response alone."""
        return self.asking(self.version.form)

    def asking(self, form: Definition) -> Definition:
        """`form` with the sections of this response alone at its end, read once however often it is asked for."""
        if not self.further:
            return form
        cached = self.__dict__.get("_form")
        if cached is None or cached[0] is not form or cached[1] is not self.further:
            whole = form
            for section in self.further:
                whole = whole.with_section(Section.of(section))
            cached = self.__dict__["_form"] = (form, self.further, whole)
        return cast("Definition", cached[2])

    @property
    def values(self) -> dict[str, Any]:
        """Question's key → value, of all that the form asks now and somebody has answered."""
        return {answer.question: answer.value for answer in self.answers if answer.former_of == CURRENT}

    def value_of(self, key: str) -> Any:
        """The answer to a question; of one not answered yet what its kind calls empty. KeyError for one not asked."""
        empty = self.form.questions[key].asked.empty
        return self.values.get(key, empty)

    @property
    def former(self) -> list[ResponseAnswer]:
        """Answers to what an earlier version asked and the present one does not; nothing typed is thrown away."""
        return [answer for answer in self.answers if answer.former_of != CURRENT]

    def version_of(self, section: str) -> int:
        """How often the section has been saved; a page that was filled from an older version is stale."""
        return int(self.saves.get(section, {}).get("version", 0))

    def saved_at(self, section: str) -> datetime | None:
        saved = self.saves.get(section)
        return datetime.fromisoformat(saved["at"]) if saved else None


class ResponseAnswer(Model):
    """The answer to one question; `former_of` is the number of the version that asked it, once none does any more."""

    __tablename__ = "response_answers"
    kind = "response_answer"

    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"))
    question: Mapped[str] = mapped_column(String(60))
    question_kind: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(JSON)
    former_of: Mapped[int] = mapped_column(default=CURRENT)

    response: Mapped[Response] = relationship(back_populates="answers")
    __table_args__ = (UniqueConstraint("response_id", "question", "former_of"),)


class ReceivedFile(Model):
    """A file that was sent in answer to a question. Never changed and never deleted: an answer may drop it, that is all."""

    __tablename__ = "received_files"
    kind = "received_file"

    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), index=True)
    question: Mapped[str] = mapped_column(String(60))
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_from: Mapped[str] = mapped_column(String(200), default="")

    response: Mapped[Response] = relationship(back_populates="files")

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage."""
        return path_of(self.sha256, PurePath(self.filename).suffix.lower())

    def in_answer(self) -> dict[str, Any]:
        """What an answer says of it."""
        return {
            "id": self.id,
            "filename": self.filename,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
            "path": self.path,
        }


class FrozenResponse(Model):
    """What was answered at one instant, word for word, and its hash. Never changed."""

    __tablename__ = "frozen_responses"
    kind = "frozen_response"

    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), index=True)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_by: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))  # of the content's canonical JSON

    response: Mapped[Response] = relationship(back_populates="frozen")

    @property
    def canonical(self) -> bytes:
        return canonical(self.content)

    @property
    def is_intact(self) -> bool:
        return hashlib.sha256(self.canonical).hexdigest() == self.sha256


def newest_published(template_id: int) -> FormVersion | None:
    query = select(FormVersion).where(
        FormVersion.template_id == template_id, FormVersion.published_at.is_not(None)
    )
    return db.session.scalars(query.order_by(FormVersion.number.desc()).limit(1)).first()


def plain(value: Any) -> Any:
    """A copy of JSON that nobody else holds: what is changed in place would not be written."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value
