"""Browsers that are known: after signing in a browser keeps a cookie that lasts, apart from the session.

It opens nothing and says nothing. Attempts from it are counted for themselves, so that whoever guesses a person's
password elsewhere cannot shut the person out; see app/organisations/throttle.py.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, Signer
from sqlalchemy import delete, select, update

from app import calendar
from app.db import db
from app.organisations.models import Person
from app.organisations.sign_in_models import KnownDevice

COOKIE = "banso_device"
KNOWN_FOR = timedelta(days=180)
PER_PERSON = 10
LONGEST_COOKIE = 100


def known_as(address: str) -> str:
    """Under what an attempt at this address from this browser is counted; "" where the browser is not known."""
    token_hash = _presented()
    if not token_hash:
        return ""
    device = db.session.scalar(
        select(KnownDevice.id)
        .join(Person, Person.id == KnownDevice.person_id)
        .where(
            KnownDevice.token_hash == token_hash,
            Person.email == address,
            KnownDevice.last_used_at > calendar.machine_now() - KNOWN_FOR,
        )
    )
    return f"device:{device}" if device else ""


def remember(person: Person) -> KnownDevice:
    """This browser is known to be this person's from now on; `hand_out` gives it its cookie.

    The first time the browser gets a new token, and takes along whom else it is known for: a token that somebody has
    planted in it is worth nothing to them.
    """
    now, token = calendar.machine_now(), _token()
    device = _of(person, _presented())
    if device is None:
        token = secrets.token_urlsafe(32)
        if presented := _presented():
            db.session.execute(
                update(KnownDevice).where(KnownDevice.token_hash == presented).values(token_hash=_hash(token))
            )
        device = KnownDevice(token_hash=_hash(token), person_id=person.id)
        db.session.add(device)
    device.last_used_at = now
    db.session.flush()
    _forget_surplus(person, now)
    g.device_token = token
    return device


def forget(person_id: int, *, besides: int | None = None) -> None:
    """The person's browsers are known no more, except the one."""
    db.session.execute(
        delete(KnownDevice).where(
            KnownDevice.person_id == person_id, KnownDevice.id.is_distinct_from(besides)
        )
    )


def forget_one(device_id: int) -> None:
    db.session.execute(delete(KnownDevice).where(KnownDevice.id == device_id))


def forget_unused() -> None:
    """What has not been used for half a year."""
    db.session.execute(
        delete(KnownDevice).where(KnownDevice.last_used_at <= calendar.machine_now() - KNOWN_FOR)
    )


def hand_out(response: Response) -> Response:
    """After a request that has remembered the browser: give it the cookie, or let the one it has last longer."""
    if token := g.pop("device_token", None):
        response.set_cookie(
            COOKIE,
            _signer().sign(token).decode(),
            max_age=KNOWN_FOR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _of(person: Person, token_hash: str) -> KnownDevice | None:
    return db.session.scalar(
        select(KnownDevice).where(KnownDevice.token_hash == token_hash, KnownDevice.person_id == person.id)
    )


def _forget_surplus(person: Person, now: datetime) -> None:
    ids = db.session.scalars(
        select(KnownDevice.id)
        .where(KnownDevice.person_id == person.id)
        .order_by(KnownDevice.last_used_at.desc(), KnownDevice.id.desc())
        .offset(PER_PERSON)
    ).all()
    if ids:
        db.session.execute(delete(KnownDevice).where(KnownDevice.id.in_(ids)))


def _presented() -> str:
    """The hash of the token that the browser has sent; "" for none, or for one that was not made here."""
    token = _token()
    return _hash(token) if token else ""


def _token() -> str:
    cookie = request.cookies.get(COOKIE, "") if request else ""
    if not cookie or len(cookie) > LONGEST_COOKIE:
        return ""
    try:
        return _signer().unsign(cookie).decode()
    except BadSignature:
        return ""


def _hash(token: str) -> str:
    secret = current_app.config["SECRET_KEY"]
    return hmac.new(secret.encode(), f"device:{token}".encode(), hashlib.sha256).hexdigest()


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="known-device")
