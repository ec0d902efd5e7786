"""What a person typed is kept when the request could not be served: session over, token stale, database away.

The entries go back to the browser as a page with a "send again" button, or wait in a small table while the person
signs in again. Only entries sent from our own pages are kept, so that no other site can plant any.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Request, render_template, request
from sqlalchemy import JSON, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from app import calendar
from app.db import UtcDateTime, db
from app.lines import typed

LONGEST_URL = 2000
KEPT_FOR = timedelta(hours=12)
NEVER_KEPT = ("csrf_token", "password", "new_password", "new_password_again")


class KeptEntries(db.Model):  # type: ignore[name-defined]
    """Entries of a form whose sender has to sign in first; taken out once, gone after half a day."""

    __tablename__ = "kept_entries"
    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    url: Mapped[str] = mapped_column(String(LONGEST_URL))
    entries: Mapped[list[list[str]]] = mapped_column(JSON)


def keep(of: Request) -> str | None:
    """Store the entries of `of`; the key to take them out again, or None when there is nothing to keep."""
    pairs, url = entries(of), of.full_path.rstrip("?")
    if not pairs or not _sent_from_our_own_page(of) or len(url) > LONGEST_URL or url != typed(url):
        return None
    row = KeptEntries(key=secrets.token_urlsafe(32), kept_at=calendar.now(), url=url, entries=pairs)
    db.session.add(row)
    db.session.execute(delete(KeptEntries).where(KeptEntries.kept_at < calendar.now() - KEPT_FOR))
    db.session.commit()
    return row.key


def entries(of: Request) -> list[list[str]]:
    """What was typed, in order, as (name, value); never a password, never a token."""
    return [[name, value] for name, value in of.form.items(multi=True) if name not in NEVER_KEPT and value]


def page(title: str, why: str, status: int, *, url: str | None = None, pairs: list[Any] | None = None) -> Any:
    """The page that shows what was kept, with a button to send it again."""
    pairs = entries(request) if pairs is None else pairs
    html = render_template(
        "errors/kept.html",
        title=title,
        why=why,
        kept=pairs,
        retry_url=url or request.full_path.rstrip("?"),
        files_lost=bool(request.files),
    )
    return html, status


def _sent_from_our_own_page(of: Request) -> bool:
    sender = of.headers.get("Origin") or of.headers.get("Referer")
    return sender is not None and urlsplit(sender).netloc == of.host
