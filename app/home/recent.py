"""What happened last: each case once, the one that changed last first, as far as this person may see and be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select, func, select, union_all

from app import security
from app.actors import Actor
from app.db import db
from app.history import HistoryEntry
from app.memory import CASES, HOUSE, remembered
from app.permissions import OFFICE
from app.web.i18n import audience
from app.web.manifest import manifests
from app.web.records import address_of, shared_by
from app.web.timeline import TOLD

SHOWN = 5
NEWEST = (200, 5_000)  # entries of the history that are looked at first


@dataclass(frozen=True)
class Change:
    entry: Any  # a row of the history
    number: str
    name: str
    url: str


def recent(actor: Actor) -> list[Change]:
    """What is told to all who reach the same is looked up once, until something is written."""
    told_to = audience()
    rows = remembered(
        ("changed last", shared_by(actor), told_to), partial(_changes, actor, told_to), HOUSE, CASES
    )
    results = {event for it in manifests() for event in it.results}
    if any(row.event in results for row in rows):  # the announcement would be the last of the case
        security.results_read(actor)
    return [Change(row, row.number, row.name, address_of(row.case_kind, row.case_id) or "") for row in rows]


def _changes(actor: Actor, told_to: str) -> Sequence[Any]:
    """The office reaches nearly all that the history speaks of last; everybody else has few cases, to be asked from."""
    spoken = [each for it in manifests() if it.changes for each in it.changes(actor)]
    if not spoken:
        return []
    for among in NEWEST if actor.role in OFFICE else ():
        ids, are_all = _spoken_of_last(among, told_to)
        found = _last_of([each.of(ids[each.kind]) for each in spoken], told_to)
        if len(found) == SHOWN or are_all:
            return found
    return _last_of([each.query for each in spoken], told_to)


def _spoken_of_last(among: int, told_to: str) -> tuple[dict[str, set[int]], bool]:
    """Kind → ids of what the newest entries are about, and whether these are all entries that there are."""
    about = select(HistoryEntry.subject_kind, HistoryEntry.subject_id)
    entries = about.where(HistoryEntry.audience.in_(TOLD[told_to])).order_by(HistoryEntry.id.desc())
    rows = db.session.execute(entries.limit(among)).all()
    ids: dict[str, set[int]] = defaultdict(set)
    for kind, number in rows:
        ids[kind].add(number)
    return ids, len(rows) < among


def _last_of(cases: Sequence[Select], told_to: str) -> Sequence[Any]:
    """One question: the cases within reach, joined to the last entry of the history about each."""
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
        .where(HistoryEntry.audience.in_(TOLD[told_to]))
        .group_by(about.c.case_kind, about.c.case_id, about.c.number, about.c.name)
        .order_by(func.max(HistoryEntry.id).desc())
        .limit(SHOWN)
        .subquery()
    )
    entry = HistoryEntry.__table__.c
    shown = (entry.at, entry.actor_name, entry.subject_kind, entry.event, entry.changes)
    found = select(*shown, last).join(last, entry.id == last.c.entry).order_by(entry.id.desc())
    return db.session.execute(found).all()
