"""Links that open one thing, once: to set a password, to answer for a seat in a council.

The token is in the mail alone; here only its hash is kept. Opening the page does not use a link (mail filters open
every link they see), sending the form does.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select, update

from app.db import db
from app.organisations.models import OneTimeLink


class LinkGone(Exception):
    """The link does not open anything; `reason` is unknown, used or expired. `link` is the one that did, if any."""

    def __init__(self, reason: str, link: OneTimeLink | None = None) -> None:
        super().__init__(reason)
        self.reason, self.link = reason, link


def make(purpose: str, subject_id: int, *, expires_at: datetime) -> str:
    """A new link's token, to be told once; good until `expires_at` (an instant)."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeLink(purpose=purpose, subject_id=subject_id, token_hash=_hash(token), expires_at=expires_at)
    )
    return token


def find(purpose: str, token: str, *, at: datetime) -> OneTimeLink:
    """The link of this token, still good at `at`. Raises LinkGone."""
    link = db.session.scalar(
        select(OneTimeLink).where(OneTimeLink.purpose == purpose, OneTimeLink.token_hash == _hash(token))
    )
    if link is None:
        raise LinkGone("unknown")
    if link.used_at is not None:
        raise LinkGone("used", link)
    if link.expires_at <= at:
        raise LinkGone("expired", link)
    return link


def use(link: OneTimeLink, *, at: datetime) -> None:
    """Use it up. Raises LinkGone when somebody else has in the meantime: of two at once, one wins."""
    won = db.session.execute(
        update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None)).values(used_at=at)
    )
    if not won.rowcount:  # type: ignore[attr-defined]
        raise LinkGone("used", link)


def revoke(purpose: str, subject_id: int, *, at: datetime) -> None:
    """Use up whatever is still out for this subject: a newer link, or the thing itself, has taken its place."""
    db.session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.subject_id == subject_id,
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=at)
    )


def revoke_all(purpose: str, *, at: datetime) -> int:
    """Use up every link of this purpose that is still out; how many."""
    out = OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at
    return db.session.execute(update(OneTimeLink).where(*out).values(used_at=at)).rowcount  # type: ignore[attr-defined]


def out_since(purpose: str, subject_id: int, *, at: datetime) -> list[datetime]:
    """When those links for this subject were made, since `at`, that nobody has used; the newest last."""
    query = select(OneTimeLink.created_at).where(
        OneTimeLink.purpose == purpose,
        OneTimeLink.subject_id == subject_id,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.created_at > at,
    )
    return list(db.session.scalars(query.order_by(OneTimeLink.created_at)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
