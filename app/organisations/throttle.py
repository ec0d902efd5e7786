"""Guessing is slowed down: so many attempts per address and per origin, counted in the database for all workers.

Whether an address exists plays no part, so that being slowed tells nothing. Addresses are kept as keyed hashes.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete, select

from app.db import db
from app.organisations.models import SignInAttempt
from app.origins import network_of

KEPT_FOR = timedelta(days=1)
# Workers' clocks differ a little; what a demo's clock left in the future is not counted.
AHEAD = timedelta(minutes=1)


class Slowed(Exception):
    """Too many attempts; the next is heard at `until` (an instant)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


@dataclass(frozen=True)
class Throttle:
    """At most `per_address` attempts for an address and `per_origin` from a network address within `window`."""

    name: str
    per_address: int
    per_origin: int
    window: timedelta

    def admit(self, address: str, origin: str, *, at: datetime) -> None:
        """Count an attempt, or raise Slowed.

        Commits: the attempt counts whatever becomes of it, and nothing stays locked meanwhile. It is counted
        before the others are looked at, so that many at once do not slip through together.
        """
        attempt = SignInAttempt(address_hash=self._key(address), origin=self._network(origin), at=at)
        db.session.add(attempt)
        db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - KEPT_FOR))
        db.session.commit()
        until = max(
            self._full_until(SignInAttempt.address_hash == attempt.address_hash, self.per_address, at),
            self._full_until(SignInAttempt.origin == attempt.origin, self.per_origin, at),
        )
        if until > at:
            db.session.delete(attempt)  # waiting for one's turn must not put it off
            db.session.commit()
            raise Slowed(until)
        db.session.commit()

    def forget(self, address: str) -> None:
        """The person has shown that they know the password: their earlier slips count no more."""
        db.session.execute(delete(SignInAttempt).where(SignInAttempt.address_hash == self._key(address)))

    def _full_until(self, of: ColumnElement[bool], limit: int, at: datetime) -> datetime:
        """When there is room for one more; `at` when there is already."""
        counted = select(SignInAttempt.at).where(of, SignInAttempt.at.between(at - self.window, at + AHEAD))
        times = list(db.session.scalars(counted.order_by(SignInAttempt.at.desc()).limit(limit + 1)))
        return max(times[-1] + self.window, at) if len(times) > limit else at

    def _key(self, address: str) -> str:
        secret = current_app.config["SECRET_KEY"]
        return hmac.new(secret.encode(), f"{self.name}:{address}".encode(), hashlib.sha256).hexdigest()

    def _network(self, origin: str) -> str:
        return f"{self.name}:{network_of(origin)}"[:64]
