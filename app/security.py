"""The security log: who came in or tried to, who was refused, who read what is not announced, who changed seats.

Beside the history, which tells what became of records, this tells what people did at the doors. Rows are only added.
Two ways in:

- `note` writes with the transaction of the act it tells of: both are kept, or neither.
- `note_after` writes once the request is answered, whatever became of it: refusals, failures, and what was only read.

What is noted `once` is noted the first time in an hour alone. Strangers cannot fill the disk: what anybody can cause
without signing in is bounded, for each network and in all (ADR 0021).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import CheckConstraint, Index, String, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app import calendar
from app.actors import Actor
from app.db import Composed, Searchable, UtcDateTime, db, folded, insert_into, known_to_be_there, writing
from app.history import origin
from app.lifecycle import N_
from app.origins import networks

log = logging.getLogger(__name__)

KEPT_FOR_YEARS = 3
WINDOW = timedelta(hours=1)
STRANGERS_PER_NETWORK, STRANGERS_IN_ALL = 120, 1200  # rows within WINDOW
REMEMBERED = 5000  # notes of the hour that this process need not ask the database about
NOT_ALL, FORGOTTEN = "not_all_noted", "forgotten"

KINDS = {  # kind → what it is called
    "signed_in": N_("Signed in to a seat"),
    "signed_out": N_("Signed out of a seat"),
    "sign_in_failed": N_("Sign-in failed"),
    "sign_in_slowed": N_("Sign-in slowed down"),
    "link_asked": N_("Password link asked for"),
    "link_slowed": N_("Asking for password links slowed down"),
    "link_made": N_("Password link made"),
    "link_used": N_("One-time link used"),
    "link_refused": N_("One-time link that opens nothing"),
    "password_set": N_("Password set"),
    "seat_changed": N_("Seat changed"),
    "results_read": N_("Results read before their announcement"),
    "denied": N_("Page or act refused"),
    "exported": N_("List exported"),
    NOT_ALL: N_("More of the same, not noted one by one"),
    FORGOTTEN: N_("Old entries of this log deleted"),
}
OF_READING = ("results_read", "exported")
OF_STRANGERS = ("sign_in_failed", "sign_in_slowed", "link_asked", "link_slowed", "link_refused", NOT_ALL)


class SecurityEvent(Searchable, db.Model):  # type: ignore[name-defined]
    """One thing that happened at the doors. It outlives the people and seats that it names: no foreign keys."""

    __tablename__ = "security_events"
    reached_as: ClassVar = "security_event"  # its kind, which here is a column
    searched: ClassVar = {"search_text": ("name", "address_mark", "about")}

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(64), unique=True)  # of what is noted once
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(30))
    person_id: Mapped[int | None]
    seat_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(Composed(200), default="")
    role: Mapped[str] = mapped_column(String(40), default="")
    # Where nobody has the address that was typed: its keyed hash. People type their password there by mistake.
    address_mark: Mapped[str] = mapped_column(String(16), default="")
    origin: Mapped[str] = mapped_column(Composed(64))  # the network address; of IPv6 the subscriber's network
    about: Mapped[str] = mapped_column(Composed(300), default="")  # the page, the seat; never a title
    detail: Mapped[str] = mapped_column(Composed(200), default="")  # a msgid

    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind"),
        Index("ix_security_events_origin_at", "origin", "at"),
        Index("ix_security_events_kind_at", "kind", "at"),
    )


def note(kind: str, *, actor: Actor, at: datetime, about: str = "", detail: str = "") -> None:
    """Tell of an act, in its transaction."""
    db.session.add(SecurityEvent(**_row(kind, actor, at, about, detail, "")))


def note_after(
    kind: str,
    *,
    actor: Actor | None = None,
    about: str = "",
    detail: str = "",
    address: str = "",
    once: str | None = None,
) -> None:
    """Tell of it when this request is answered, whatever becomes of the request; outside of one of nothing.

    `address` is what a stranger typed as theirs. With `once` the same kind by the same person (of strangers: from the
    same network) is noted once an hour under these words.
    """
    if not has_request_context():
        return
    if request.method == "HEAD" and kind in OF_READING:  # it shows nothing to anybody
        return
    row = _row(kind, actor, calendar.now(), about, detail, address)
    if once is not None:
        who = row["seat_id"] or row["person_id"] or row["origin"]
        row["key"] = _once(kind, str(who), once, f"{row['at']:%Y-%m-%d %H}")
    g.setdefault("security_notes", []).append(row)


def results_read(actor: Actor) -> None:
    """Tell that this page showed somebody of the office results that are not announced."""
    note_after("results_read", actor=actor, about=request.path, once=request.path)


def init_app(app: Flask) -> None:
    app.after_request(_write_what_was_noted)


def forget_old(*, actor: Actor, at: datetime) -> int:
    """Delete what is older than KEPT_FOR_YEARS, and tell of it; how many. The caller commits."""
    until = at.replace(year=at.year - KEPT_FOR_YEARS, day=min(at.day, 28))
    gone = db.session.execute(delete(SecurityEvent).where(SecurityEvent.at < until)).rowcount  # type: ignore[attr-defined]
    if gone:
        note(FORGOTTEN, actor=actor, at=at, about=f"{gone} (< {until:%Y-%m-%d})")
    return gone


def _row(
    kind: str, actor: Actor | None, at: datetime, about: str, detail: str, address: str
) -> dict[str, Any]:
    return {
        "kind": kind,
        "at": at,
        "person_id": actor.person_id if actor else None,
        "seat_id": actor.seat_id if actor else None,
        "name": actor.name if actor else "",
        "role": actor.role if actor else "",
        "address_mark": _mark(address) if address and actor is None else "",
        "origin": networks(origin.get())[0],
        "about": about,
        "detail": detail,
    }


def _write_what_was_noted(response: Response) -> Response:
    """In a transaction of its own: what the request itself has not committed by now is not kept anyway."""
    known = _known_notes()
    if rows := [row for row in g.pop("security_notes", []) if row.get("key") not in known]:
        db.session.rollback()
        try:
            with writing():
                for row in rows:
                    _write(row)
                db.session.commit()
            known.remember(row["key"] for row in rows if row.get("key"))
        except SQLAlchemyError:
            db.session.rollback()
            log.exception("not written into the security log: %s", rows)
    return response


def _write(row: dict[str, Any]) -> None:
    if row["kind"] in OF_STRANGERS and (beyond := _beyond_bounds(row)):
        once = _once(NOT_ALL, beyond, row["kind"], f"{row['at']:%Y-%m-%d %H}")
        row = {**row, "kind": NOT_ALL, "detail": KINDS[row["kind"]], "about": "", "key": once}
    if known_to_be_there(SecurityEvent, row.get("key")):
        return
    filled = {**row, **folded(SecurityEvent.searched, row.get)}
    db.session.execute(
        insert_into(SecurityEvent).values(**filled).on_conflict_do_nothing(index_elements=["key"])
    )


def _beyond_bounds(row: dict[str, Any]) -> str:
    """The network, or "all", when so much came within the hour that it is no longer noted one by one; else nothing."""
    lately = (
        select(func.count())
        .select_from(SecurityEvent)
        .where(SecurityEvent.kind.in_(OF_STRANGERS), SecurityEvent.at > row["at"] - WINDOW)
    )
    from_there = lately.where(SecurityEvent.origin == row["origin"])
    if (db.session.scalar(from_there) or 0) >= STRANGERS_PER_NETWORK:
        return str(row["origin"])
    return "all" if (db.session.scalar(lately) or 0) >= STRANGERS_IN_ALL else ""


def _once(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


class _Known(dict[str, None]):
    """Keys that this process has written: a page that is read again asks the database nothing for it."""

    def remember(self, keys: Iterable[str]) -> None:
        if len(self) > REMEMBERED:
            self.clear()
        self.update(dict.fromkeys(keys))


def _known_notes() -> _Known:
    """Of the database in use."""
    return current_app.extensions.setdefault("security notes", {}).setdefault(str(db.engine.url), _Known())


def _mark(address: str) -> str:
    """Tells staff that the same address was tried again, and nobody which one it was."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"security log:{address}".encode(), hashlib.sha256).hexdigest()[:12]
