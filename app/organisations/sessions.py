"""Sessions are kept here, and so they end here: a copied cookie opens nothing once its session has ended.

The cookie holds a random key, the table its hash. A session ends when it is left, when it was not used for a while,
when it has lasted long enough, with the password, and when its person or an administrator ends it. One whose seat has
been left opens nothing either.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from sqlalchemy import ColumnElement, and_, bindparam, delete, select, true, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from app import calendar, memory
from app.db import UtcDateTime, db
from app.history import origin
from app.organisations import devices
from app.organisations.models import Person, Seat, Tenure
from app.organisations.sign_in_models import KnownDevice, SignInSession
from app.organisations.throttle import networks
from app.web.access import actor

log = logging.getLogger(__name__)
KEY_LENGTH = 43  # of token_urlsafe(32)
KEY = "_user_id"  # where Flask-Login keeps it in the cookie
NOTED_EVERY = timedelta(minutes=5)
KEPT_FOR = timedelta(days=1)  # after its end

_STARTED: Any = bindparam("started", type_=UtcDateTime())
_SEEN: Any = bindparam("seen", type_=UtcDateTime())
_OPEN_SESSION = (
    select(*memory.VERSIONS, SignInSession.id, SignInSession.tenure_id, SignInSession.last_seen_at)
    .select_from(memory.DataVersion)
    .outerjoin(
        SignInSession,
        and_(SignInSession.key_hash == bindparam("key_hash"), SignInSession.open_since(_STARTED, _SEEN)),
    )
)
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def begin(tenure: Tenure, *, device_id: int | None = None, continuing: SignInSession | None = None) -> str:
    """Open a session in this seat; the key for the cookie.

    One that goes on from another (`continuing`) ends when that would have: whoever has its cookie cannot prolong it.
    """
    key, now = secrets.token_urlsafe(32), calendar.machine_now()
    # Kept in place until the commit: somebody may be ending the person's sessions at this moment.
    still = (
        select(KnownDevice.id).where(KnownDevice.id == device_id).with_for_update(read=True, key_share=True)
    )
    row = SignInSession(
        key_hash=_hash(key), person_id=tenure.person_id, tenure_id=tenure.id,
        device_id=db.session.scalar(still) if device_id else None,
        started_at=continuing.started_at if continuing else now, last_seen_at=now,
        browser=browser_of(request.user_agent.string) if request else "", network=networks(origin.get())[0],
    )  # fmt: skip
    db.session.add(row)
    return key


def find(key: str) -> Tenure | None:
    """The tenure a session was opened in, while both last."""
    if not isinstance(key, str) or len(key) != KEY_LENGTH:
        return None
    asked, row = g.pop("open_session", ("", None))
    if asked != key:
        row = _open_session(key)
    tenure = _in_seat(row.tenure_id) if row and row.id else None
    if tenure is None:
        return None
    tenure.session_id, tenure.session_key = row.id, key
    if calendar.machine_now() - row.last_seen_at >= NOTED_EVERY:
        g.session_used = row.id
    return tenure


def look_up() -> None:
    """At the beginning of a request: its session, and with it the version of what is kept in memory, in one question."""
    key = session.get(KEY)
    if isinstance(key, str) and len(key) == KEY_LENGTH:
        with suppress(
            SQLAlchemyError
        ):  # whoever asks for the person asks again, and tells that the database is away
            g.open_session = (key, _open_session(key))


def _open_session(key: str) -> Any:
    """The session with this key as long as it is open."""
    started, seen = _limits(calendar.machine_now())
    asked = {"key_hash": _hash(key), "started": started, "seen": seen}
    row = db.session.connection().execute(_OPEN_SESSION, asked).one_or_none()
    memory.note_versions(row)
    return row


def _in_seat(tenure_id: int) -> Tenure | None:
    """The tenure with its person, seat and body, as long as it holds the seat."""
    query = select(Tenure).where(Tenure.id == tenure_id).options(*Tenure.WHOLE)
    [found] = memory.remembered_records(("tenure", tenure_id), query, memory.HOUSE)
    tenure: Tenure = memory.copy_of(found) if memory.is_open() else found
    return tenure if tenure.includes(calendar.today()) and not tenure.seat.is_closed else None


def own_tenure() -> Tenure:
    """Who has asked for this page, with their person, seat and body. Only where `web.access.actor` may be asked."""
    tenure = actor()
    assert isinstance(tenure, Tenure)
    return tenure


def own_session() -> SignInSession:
    """The session in which this page was asked for."""
    return db.session.get_one(SignInSession, own_tenure().session_id)


def open_sessions(person: Person) -> list[SignInSession]:
    """Those of this person that open something, the one last used first."""
    query = (
        select(SignInSession)
        .join(SignInSession.tenure)
        .join(Tenure.seat)
        .where(SignInSession.person_id == person.id, _is_open(), Tenure.holds(calendar.today()))
        .options(joinedload(SignInSession.tenure).joinedload(Tenure.seat).joinedload(Seat.organisation))
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    return list(db.session.scalars(query))


def end_this(why: str) -> None:
    """The session of this browser, if it has one."""
    if key := session.get(KEY):
        _end(SignInSession.key_hash == _hash(str(key)), why)


def end(row: SignInSession, why: str) -> None:
    """One session; its browser is known no more."""
    _end(SignInSession.id == row.id, why)
    if row.device_id is not None:
        devices.forget_one(row.device_id)


def end_all(person_id: int, why: str, *, besides: SignInSession | None = None) -> int:
    """Every session of this person, except the one; how many. Their browsers are known no more."""
    devices.forget(person_id, besides=besides.device_id if besides else None)
    return _end(
        (SignInSession.person_id == person_id) & SignInSession.id.is_distinct_from(besides and besides.id),
        why,
    )


def end_of(tenure: Tenure, why: str) -> int:
    """Every session in this seat; how many."""
    return _end(SignInSession.tenure_id == tenure.id, why)


def end_everybodys(why: str) -> int:
    """All that are open; how many. Whose browsers are known stays."""
    return _end(true(), why)


def note_use(response: Response) -> Response:
    """Every few minutes: note that the session is used, once the answer has gone, so that no reader waits for it."""
    if number := g.pop("session_used", None):
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        response.call_on_close(partial(_note, app, number, calendar.machine_now()))
    return response


def forget_old() -> int:
    """Remove what opened its last page long ago; how many sessions."""
    now = calendar.machine_now()
    started, seen = _limits(now - KEPT_FOR)
    gone = db.session.execute(
        delete(SignInSession).where(
            (SignInSession.ended_at < now - KEPT_FOR)
            | (SignInSession.started_at <= started)
            | (SignInSession.last_seen_at <= seen)
        )
    )
    devices.forget_unused()
    return gone.rowcount  # type: ignore[attr-defined]


def browser_of(user_agent: str) -> str:
    """Firefox (Windows): roughly what a person would call it; "" for what no person uses."""
    agent = user_agent[:500]
    browser = next((name for part, name in _BROWSERS if part in agent), "")
    system = next((name for part, name in _SYSTEMS if re.search(part, agent)), "")
    return f"{browser} ({system})" if browser and system else browser or system


def _is_open() -> ColumnElement[bool]:
    return SignInSession.open_since(*_limits(calendar.machine_now()))


def _limits(now: datetime) -> tuple[datetime, datetime]:
    """When a session must have begun, and when it must have been used, to be open at `now`."""
    return now - current_app.config["SESSION_ABSOLUTE"], now - current_app.config["SESSION_IDLE"]


def _end(which: ColumnElement[bool], why: str) -> int:
    ended = db.session.execute(
        update(SignInSession)
        .where(which, SignInSession.ended_at.is_(None))
        .values(ended_at=calendar.machine_now(), why_ended=why)
    )
    return ended.rowcount  # type: ignore[attr-defined]


def _note(app: Flask, number: int, at: datetime) -> None:
    statement = (
        update(SignInSession)
        .where(SignInSession.id == number, SignInSession.last_seen_at < at)
        .values(last_seen_at=at)
    )
    try:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(statement)
    except SQLAlchemyError as problem:
        log.warning("the use of a session was not noted: %s", problem)  # the next page notes it


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
