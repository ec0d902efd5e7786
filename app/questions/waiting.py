"""What was read of an uploaded workbook waits here until whoever uploaded it has looked at it and says that it is to be saved.

One for each person and response, in the database: any worker can go on with it, and it is gone once it is saved, put
aside, replaced by another, or a week old. The file itself is not kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import UtcDateTime, db, insert_into
from app.lifecycle import N_
from app.questions.models import Response
from app.questions.workbook_reading import Found, NoWorkbook, Read, Refused

KEPT_FOR = timedelta(days=7)
LARGEST = 8 * 1024 * 1024  # bytes of what was read; forms and their room are far below


class WaitingWorkbook(db.Model):  # type: ignore[name-defined]
    """What `person` uploaded for a response, as it was read in one version of the form, beside the answers of then."""

    __tablename__ = "waiting_workbooks"
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    form_version: Mapped[int]  # that the response answered when it was read
    content: Mapped[str] = mapped_column(Text)  # JSON
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    @property
    def read(self) -> Read:
        plain = json.loads(self.content)["read"]
        found = {
            key: Found(it["value"], tuple((sheet, row) for sheet, row in it["rows"]), *_rest(it))
            for key, it in plain["found"].items()
        }
        refused = [Refused(**it) for it in plain["refused"]]
        return Read(plain["template"], plain["version"], plain["subject"], found, refused)

    @property
    def seen(self) -> dict[str, Any]:
        """The answers that were saved when it was uploaded, by the keys of the questions that it has."""
        found: dict[str, Any] = json.loads(self.content)["seen"]
        return found


def _rest(plain: dict[str, Any]) -> tuple[tuple[str, ...], str]:
    return tuple(plain["letters"]), plain["before"]


def keep(response: Response, read: Read, *, filename: str, person_id: int, at: datetime) -> None:
    """Let it wait, in the place of what this person uploaded for the response before. Raises NoWorkbook for what is too much."""
    values = response.values
    content = json.dumps(
        {"read": asdict(read), "seen": {key: values[key] for key in read.found if key in values}},
        ensure_ascii=False,
        default=_in_words,
    )
    if len(content.encode()) > LARGEST:
        raise NoWorkbook(N_("This file is larger inside than any form: take the file that you downloaded."))
    sweep(at=at)
    new: dict[str, Any] = {
        "filename": filename[:200],
        "form_version": response.version.number,
        "content": content,
        "uploaded_at": at,
    }
    statement = insert_into(WaitingWorkbook).values(response_id=response.id, person_id=person_id, **new)
    db.session.execute(statement.on_conflict_do_update(index_elements=["response_id", "person_id"], set_=new))


def name_of_waiting(response: Response, *, person_id: int | None, at: datetime) -> str | None:
    """The name of the file that this person uploaded for the response and has not dealt with; without what was read of it."""
    query = select(WaitingWorkbook.filename).where(
        WaitingWorkbook.response_id == response.id,
        WaitingWorkbook.person_id == person_id,
        WaitingWorkbook.uploaded_at > at - KEPT_FOR,
        WaitingWorkbook.form_version == response.version.number,
    )
    return db.session.scalar(query)


def waiting_for(response: Response, *, person_id: int | None, at: datetime) -> WaitingWorkbook | None:
    """What this person uploaded for the response and has not decided about yet."""
    query = select(WaitingWorkbook).where(
        WaitingWorkbook.response_id == response.id,
        WaitingWorkbook.person_id == person_id,
        WaitingWorkbook.uploaded_at > at - KEPT_FOR,
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def put_aside(response: Response, *, person_id: int | None) -> None:
    """It is saved, or not wanted."""
    db.session.execute(
        delete(WaitingWorkbook).where(
            WaitingWorkbook.response_id == response.id, WaitingWorkbook.person_id == person_id
        )
    )


def sweep(*, at: datetime) -> None:
    """Nobody comes back for what has waited so long."""
    db.session.execute(delete(WaitingWorkbook).where(WaitingWorkbook.uploaded_at <= at - KEPT_FOR))


def _in_words(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot wait")
