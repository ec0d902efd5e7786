"""What happened to a record, for the eyes of whoever reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from app.db import HistoryEntry, Model, db
from app.web.i18n import audience

SHOWN = 50
TOLD = {"office": ("all", "office"), "applicant": ("all", "applicant"), "public": ("all",)}


def timeline(*records: Model, limit: int = SHOWN) -> list[HistoryEntry]:
    """The newest entries about these records, newest first, of those that whoever reads this page is told."""
    about = [
        (HistoryEntry.subject_kind == record.kind) & (HistoryEntry.subject_id == record.id)
        for record in records
    ]
    query: Any = select(HistoryEntry).where(or_(*about)).order_by(HistoryEntry.id.desc()).limit(limit)
    query = query.where(HistoryEntry.audience.in_(TOLD[audience()]))
    return list(db.session.scalars(query))
