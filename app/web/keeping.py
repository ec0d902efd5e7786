"""The table in which entries wait while their sender signs in: how many, how long, for whom.

Strangers can send entries too, so what they can fill is bounded: see docs/adr/0005. Each set counts with what its row
takes besides. Where there is no room nothing is lost: the page that answers holds the entries itself (kept.py).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import UtcDateTime, db, writing
from app.origins import networks

KIBIBYTE = 1024
LARGEST_SET = 200 * KIBIBYTE  # UTF-8, names and entries
OF_A_ROW = 512  # bytes counted for each set besides its text
PER_PERSON = 1024 * KIBIBYTE
PER_ORIGIN = 2 * 1024 * KIBIBYTE  # of senders whom no session tells; a town hall shares one address
OF_STRANGERS = 20 * 1024 * KIBIBYTE
OF_ALL = 60 * 1024 * KIBIBYTE
SETS_PER_ORIGIN = 60
WINDOW = timedelta(minutes=15)
KEPT_FOR_A_PERSON = timedelta(hours=12)
KEPT_FOR_A_BROWSER = timedelta(hours=1)
LONGEST_URL = 2000


class KeptEntries(db.Model):  # type: ignore[name-defined]
    """Entries of a form whose sender has to sign in first. `person_id` is whose they are, where a session told it;
    without, they belong to whoever comes with the `key`, which is in the session of one browser.
    """

    __tablename__ = "kept_entries"
    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    url: Mapped[str] = mapped_column(String(LONGEST_URL))
    entries: Mapped[str] = mapped_column(Text)  # JSON: [[name, entry], …]
    size: Mapped[int]  # bytes
    person_id: Mapped[int | None] = mapped_column(index=True)
    origin: Mapped[str] = mapped_column(String(64), index=True)


class NotKept(Exception):
    """There is no room for the entries; `too_large` says that they would find none at any time."""

    def __init__(self, *, too_large: bool) -> None:
        super().__init__("larger than a set may be" if too_large else "no room at present")
        self.too_large = too_large


def keep(
    url: str, pairs: Sequence[Sequence[str]], *, person_id: int | None, origin: str, at: datetime
) -> str:
    """Store what was sent to `url`; the key of it. Raises NotKept. Commits.

    Of several at once none is counted before it is stored: each looks again afterwards, and goes where there is too
    much.
    """
    text = json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode())
    if size > LARGEST_SET:
        raise NotKept(too_large=True)
    sweep(at=at)
    row = KeptEntries(
        key=secrets.token_urlsafe(32),
        kept_at=at,
        url=url,
        entries=text,
        size=size + len(url.encode()) + OF_A_ROW,
        person_id=person_id,
        origin=networks(origin)[0],
    )
    if _is_full(row, and_the_row=row.size, at=at):
        db.session.commit()
        raise NotKept(too_large=False)
    key = row.key
    db.session.add(row)
    db.session.commit()
    if _is_full(row, and_the_row=0, at=at):
        db.session.delete(row)
        db.session.commit()
        raise NotKept(too_large=False)
    db.session.commit()
    return key


def take(key: str | None, *, person_id: int, at: datetime) -> tuple[str, list[list[str]]] | None:
    """What waits for this person, the newest first, or under the `key` of this browser: its url and entries.

    It is gone with that. Commits.
    """
    with writing():
        found = db.session.scalar(_for(key, person_id, at).with_only_columns(KeptEntries.key).limit(1))
        taken = db.session.execute(
            delete(KeptEntries)
            .where(KeptEntries.key == found)
            .returning(KeptEntries.url, KeptEntries.entries)
        ).one_or_none()
        db.session.commit()
    return (taken.url, json.loads(taken.entries)) if taken else None


def waits_for(key: str | None, *, person_id: int, at: datetime) -> bool:
    """Whether anything waits for this person, or under the key of this browser for whoever it is."""
    return db.session.scalar(select(_for(key, person_id, at).exists())) or False


def is_known(key: str) -> bool:
    """Whether there is anything under this key, whosever it is."""
    return db.session.scalar(select(KeptEntries.key).where(KeptEntries.key == key)) is not None


def sweep(*, at: datetime) -> int:
    """Delete what has waited long enough; how much that was. The caller commits."""
    gone = db.session.execute(delete(KeptEntries).where(~_still_kept(at)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _for(key: str | None, person_id: int, at: datetime) -> Any:
    own = KeptEntries.person_id == person_id
    of_browser = and_(KeptEntries.person_id.is_(None), KeptEntries.key == (key or ""))
    return (
        select(KeptEntries)
        .where(_still_kept(at), or_(own, of_browser))
        .order_by(KeptEntries.kept_at.desc(), KeptEntries.key)
    )


def _still_kept(at: datetime) -> ColumnElement[bool]:
    return or_(
        KeptEntries.kept_at > at - KEPT_FOR_A_BROWSER,
        and_(KeptEntries.person_id.is_not(None), KeptEntries.kept_at > at - KEPT_FOR_A_PERSON),
    )


def _is_full(row: KeptEntries, *, and_the_row: int, at: datetime) -> bool:
    """Whether the sets that are kept, together with bytes `and_the_row`, are more than there is room for."""
    of_nobody = KeptEntries.person_id.is_(None)
    here = and_(of_nobody, KeptEntries.origin == row.origin)
    mine = KeptEntries.person_id == row.person_id
    if row.person_id is not None:
        limits = [(mine, PER_PERSON), (None, OF_ALL)]
    else:
        limits = [(here, PER_ORIGIN), (of_nobody, OF_STRANGERS), (None, OF_ALL)]
        lately = select(func.count()).where(here, KeptEntries.kept_at > at - WINDOW)
        if (db.session.scalar(lately) or 0) + (and_the_row > 0) > SETS_PER_ORIGIN:
            return True
    return any(_bytes(which) + and_the_row > most for which, most in limits)


def _bytes(which: ColumnElement[bool] | None) -> int:
    query = select(func.coalesce(func.sum(KeptEntries.size), 0))
    return db.session.scalar(query if which is None else query.where(which)) or 0
