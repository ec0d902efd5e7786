"""What was read of an uploaded table waits here until whoever uploaded it has looked at it and says that it is to be stored.

One for each person and place, in the database: any worker can go on with it, and it is gone once it is stored, put aside,
replaced by another, or a week old.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from app.db import db, insert_into
from app.kpis.models import WaitingKpis
from app.kpis.sheets import TOO_LARGE
from app.kpis.tables import Table
from app.questions.files import clean_name
from app.questions.workbook_opening import NoWorkbook

KEPT_FOR = timedelta(days=7)
LARGEST = 8 * 1024 * 1024  # bytes of what was read


def place_of(project_id: int | None) -> str:
    """Where a table is stored: one project, or several that its rows name."""
    return "several projects" if project_id is None else f"project {project_id}"


def keep(table: Table, *, project_id: int | None, filename: str, person_id: int, at: datetime) -> None:
    """Let it wait, in place of what this person uploaded there before. Raises NoWorkbook for what is too much."""
    content = json.dumps(table.to_json(), ensure_ascii=False)
    if len(content.encode()) > LARGEST:
        raise NoWorkbook(TOO_LARGE)
    db.session.execute(delete(WaitingKpis).where(WaitingKpis.uploaded_at <= at - KEPT_FOR))
    new: dict[str, Any] = {"filename": clean_name(filename)[:200], "content": content, "uploaded_at": at}
    statement = insert_into(WaitingKpis).values(place=place_of(project_id), person_id=person_id, **new)
    db.session.execute(statement.on_conflict_do_update(index_elements=["place", "person_id"], set_=new))


def waiting_for(project_id: int | None, *, person_id: int | None, at: datetime) -> WaitingKpis | None:
    query = select(WaitingKpis).where(
        WaitingKpis.place == place_of(project_id),
        WaitingKpis.person_id == person_id,
        WaitingKpis.uploaded_at > at - KEPT_FOR,
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def put_aside(project_id: int | None, *, person_id: int | None) -> None:
    """It is stored, or not wanted."""
    db.session.execute(
        delete(WaitingKpis).where(
            WaitingKpis.place == place_of(project_id), WaitingKpis.person_id == person_id
        )
    )
