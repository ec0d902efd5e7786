"""Bodies that have merged (合併): which body stands for one now, and which ones it stands for.

What was handed in, issued and told under the old name keeps it. Whoever acts for the successor reaches all of it, mail
to the old body reaches them, and what is issued from now on has the new name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.db import db
from app.memory import HOUSE, remembered
from app.organisations.models import Organisation


def successors() -> dict[int, int]:
    """Each body that has merged → the one that stands for it now."""

    def ask() -> dict[int, int]:
        query = select(Organisation.id, Organisation.successor_id).where(Organisation.merged_at.is_not(None))
        with db.session.no_autoflush:  # whoever asks may be in the middle of a change
            into = {row.id: row.successor_id for row in db.session.execute(query)}
        return {body: _last(body, into) for body in into}

    return remembered("bodies that have merged", ask, HOUSE)


def stands_for(body_ids: Iterable[int]) -> dict[int, int]:
    """Each of these bodies → itself, or the one that stands for it now."""
    merged = successors()
    return {body: merged.get(body, body) for body in body_ids}


def merged_into(body_id: int | None) -> tuple[int, ...]:
    """The bodies for which this one stands besides itself, by their age on record."""

    def ask() -> dict[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = defaultdict(tuple)
        for former, now in sorted(successors().items()):
            found[now] += (former,)
        return dict(found)

    if body_id is None:
        return ()
    return remembered("bodies that stand for others", ask, HOUSE).get(body_id, ())


def bodies_merged_into(body: Organisation) -> Sequence[Organisation]:
    """The same, for whoever names them."""
    ids = merged_into(body.id)
    return db.session.scalars(select(Organisation).where(Organisation.id.in_(ids))).all() if ids else ()


def _last(body: int, into: dict[int, int]) -> int:
    while body in into:
        body = into[body]
    return body
