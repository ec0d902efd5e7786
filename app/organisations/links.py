"""Links that open one thing, once: to set a password, to answer for a seat in a council.

The token is in the mail alone, as it leaves; the database keeps its hash. A link that is still to be mailed keeps a
nonce as well, of which the token is made with the server's key when the mail is handed over. Once it is, the nonce is
forgotten, and nobody can make the token again (ADR 0021). Opening the page does not use a link (mail filters open
every link they see), sending the form does.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime

from flask import current_app
from sqlalchemy import select, update

from app import security
from app.db import db
from app.lifecycle import N_
from app.organisations.models import OneTimeLink

OPENS = {
    "password": N_("To set a password"),
    "membership": N_("To answer for a seat in a council"),
}  # purpose → what the link is for
REASONS = {
    "unknown": N_("There is no such link"),
    "used": N_("Used, or replaced by a newer one"),
    "expired": N_("Its time is over"),
}
_KEY_OF_LINKS = b"banso one-time links"


class LinkGone(Exception):
    """The link does not open anything; `reason` is unknown, used, expired or forgotten (its token cannot be made).

    `link` is the one that did, if any.
    """

    def __init__(self, reason: str, link: OneTimeLink | None = None) -> None:
        super().__init__(reason)
        self.reason, self.link = reason, link


def make(purpose: str, subject_id: int, *, expires_at: datetime) -> OneTimeLink:
    """A new link, good until `expires_at` (an instant). `token_of` tells its token until it is forgotten."""
    nonce = secrets.token_urlsafe(32)
    link = OneTimeLink(
        purpose=purpose,
        subject_id=subject_id,
        nonce=nonce,
        token_hash=_hash(_token(purpose, nonce)),
        expires_at=expires_at,
    )
    db.session.add(link)
    db.session.flush()
    return link


def token_of(link: OneTimeLink) -> str:
    """The token of a link that nobody has been sent yet.

    Raises LinkGone when it is forgotten, or when the server's key is another one than when the link was made.
    """
    token = _token(link.purpose, link.nonce) if link.nonce else ""
    if not token or _hash(token) != link.token_hash:
        raise LinkGone("forgotten", link)
    return token


def place_of(link: OneTimeLink) -> str:
    """What stands in the text of a mail where the token will be; nobody can have typed it before the link was made."""
    return f"~{link.token_hash[:24]}~"


def refuse_gone(link: OneTimeLink, *, at: datetime) -> None:
    """Raises LinkGone for a link that is used, replaced or expired."""
    if link.used_at is not None:
        raise LinkGone("used", link)
    if link.expires_at <= at:
        raise LinkGone("expired", link)


def forget(link_id: int | None) -> None:
    """The token has been told, or will not be: from now on it cannot be made. The link stays good."""
    if link_id is not None:
        db.session.execute(update(OneTimeLink).where(OneTimeLink.id == link_id).values(nonce=None))


def find(purpose: str, token: str, *, at: datetime) -> OneTimeLink:
    """The link of this token, still good at `at`. Raises LinkGone."""
    link = db.session.scalar(
        select(OneTimeLink).where(OneTimeLink.purpose == purpose, OneTimeLink.token_hash == _hash(token))
    )
    if link is None:
        security.note_after("link_refused", about=OPENS[purpose], detail=REASONS["unknown"])
        raise LinkGone("unknown")
    try:
        refuse_gone(link, at=at)
    except LinkGone as gone:
        detail = REASONS[gone.reason]
        security.note_after("link_refused", about=OPENS[purpose], detail=detail, once=str(link.id))
        raise
    return link


def use(link: OneTimeLink, *, at: datetime) -> None:
    """Use it up. Raises LinkGone when somebody else has in the meantime: of two at once, one wins."""
    won = db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=at, nonce=None)
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
        .values(used_at=at, nonce=None)
    )


def revoke_all(purpose: str, *, at: datetime) -> int:
    """Use up every link of this purpose that is still out; how many."""
    out = OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at
    used = update(OneTimeLink).where(*out).values(used_at=at, nonce=None)
    return db.session.execute(used).rowcount  # type: ignore[attr-defined]


def out_since(purpose: str, subject_id: int, *, at: datetime) -> list[datetime]:
    """When those links for this subject were made, since `at`, that nobody has used; the newest last."""
    query = select(OneTimeLink.created_at).where(
        OneTimeLink.purpose == purpose,
        OneTimeLink.subject_id == subject_id,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.created_at > at,
    )
    return list(db.session.scalars(query.order_by(OneTimeLink.created_at)))


def _token(purpose: str, nonce: str) -> str:
    """As long as 32 random bytes are, and as little to be guessed without the server's key."""
    key = hmac.digest(current_app.config["SECRET_KEY"].encode(), _KEY_OF_LINKS, "sha256")
    made = hmac.digest(key, f"{purpose}\0{nonce}".encode(), "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
