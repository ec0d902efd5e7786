"""What happened last: each case once, the one that changed last first, as far as this person may see and be told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, union_all

from app import security
from app.actors import Actor
from app.db import db
from app.history import HistoryEntry
from app.web.i18n import audience
from app.web.manifest import manifests
from app.web.records import address_of
from app.web.timeline import TOLD

SHOWN = 5


@dataclass(frozen=True)
class Change:
    entry: HistoryEntry
    number: str
    name: str
    url: str


def recent(actor: Actor) -> list[Change]:
    """One question: the cases within reach, joined to the last entry of the history about each."""
    cases = [each for it in manifests() if it.changes for each in it.changes(actor)]
    if not cases:
        return []
    about = union_all(*cases).subquery()
    last = (
        select(
            func.max(HistoryEntry.id).label("entry"),
            about.c.case_kind,
            about.c.case_id,
            about.c.number,
            about.c.name,
        )
        .join(about, (HistoryEntry.subject_kind == about.c.kind) & (HistoryEntry.subject_id == about.c.id))
        .where(HistoryEntry.audience.in_(TOLD[audience()]))
        .group_by(about.c.case_kind, about.c.case_id, about.c.number, about.c.name)
        .order_by(func.max(HistoryEntry.id).desc())
        .limit(SHOWN)
        .subquery()
    )
    rows = db.session.execute(
        select(HistoryEntry, last)
        .join(last, HistoryEntry.id == last.c.entry)
        .order_by(HistoryEntry.id.desc())
    ).all()
    results = {event for it in manifests() for event in it.results}
    if any(row[0].event in results for row in rows):  # the announcement would be the last of the case
        security.results_read(actor)
    return [
        Change(row[0], row.number, row.name, address_of(row.case_kind, row.case_id) or "") for row in rows
    ]
