"""Guessing is slowed down, and nobody is shut out by the slips of others (ADR 0020 has the numbers).

Slips are counted for an address and a network together, in the database for all workers. The first few are free, then
each next attempt waits longer. What happens elsewhere only makes those waits longer, so an attempt from a network that
has not slipped is always heard. A browser that the person has used before has a count of its own.

Whether an address exists plays no part, so that being slowed tells nothing. Addresses are kept as keyed hashes.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, func, select, text

from app.db import db
from app.organisations.sign_in_models import SignInAttempt
from app.origins import networks

KEPT_FOR = timedelta(days=1)
# Workers' clocks differ a little; what a demo's clock left in the future is not counted.
AHEAD = timedelta(minutes=1)
KEPT_EACH = 24  # slips of one place at one address; more than those change no wait
TURNS = 72022  # PostgreSQL's advisory locks of those who count

# Under attack from several networks at once they share the attempts at one address among them.
SHARED = timedelta(hours=1)
PACE_OF_ALL = timedelta(seconds=12)
LONGEST_SHARE = timedelta(minutes=15)

# Many people behind one proxy slip now and then. Guessing at many addresses weighs more than slips at one.
SPRAYED = timedelta(minutes=15)
CEILING = 600
WEIGHT_OF_AN_ADDRESS = 2
PACE_ABOVE_CEILING = timedelta(seconds=2)


class Slowed(Exception):
    """Too many attempts; the next is heard at `until` (an instant)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


@dataclass(frozen=True)
class Throttle:
    """`free` slips a day for an address from one network, `free_wide` from its neighbourhood, `free_known` from a
    browser that is known; after those each attempt waits twice as long as the one before, at most `longest`.
    """

    name: str
    free: int = 3
    free_wide: int = 16
    free_known: int = 5
    longest: timedelta = timedelta(minutes=1)

    def admit(self, address: str, origin: str, *, known_as: str = "", at: datetime) -> int:
        """Count an attempt as a slip until `forget` is called, and give its number; or raise Slowed.

        Commits: the attempt counts whatever becomes of it, and nothing stays locked meanwhile. One at a time counts at
        an address, so that many at once do not slip through together; what is refused is not counted and puts nothing off.
        """
        near, wide = (f"{self.name}:{network}" for network in networks(origin))
        attempt = SignInAttempt(
            address_hash=self._key(address), origin=near, wide=wide, known_as=known_as, at=at
        )
        _wait_for_turn(attempt.address_hash)
        until = self._known_until(attempt) if known_as else max(self._until(attempt), _spread_until(attempt))
        if until > at:
            db.session.commit()
            raise Slowed(until)
        db.session.add(attempt)
        _forget_surplus(attempt)
        db.session.commit()
        return attempt.id

    def withdraw(self, number: int) -> None:
        """The attempt was not heard after all."""
        db.session.execute(delete(SignInAttempt).where(SignInAttempt.id == number))

    def forget(self, address: str, origin: str, *, known_as: str = "") -> None:
        """The person has shown who they are: their slips in this place count no more. Those made elsewhere do."""
        here = and_(
            SignInAttempt.known_as == "", SignInAttempt.origin == f"{self.name}:{networks(origin)[0]}"
        )
        if known_as:
            here = here | (SignInAttempt.known_as == known_as)
        db.session.execute(
            delete(SignInAttempt).where(SignInAttempt.address_hash == self._key(address), here)
        )

    def forget_everywhere(self, address: str) -> None:
        """Whoever runs the system says that this address is to be heard again."""
        db.session.execute(delete(SignInAttempt).where(SignInAttempt.address_hash == self._key(address)))

    def _known_until(self, attempt: SignInAttempt) -> datetime:
        counted = select(func.count(), func.max(SignInAttempt.at)).where(
            SignInAttempt.address_hash == attempt.address_hash,
            SignInAttempt.known_as == attempt.known_as,
            _within(KEPT_FOR, attempt.at),
        )
        slips, last = db.session.execute(counted).one()
        return self._heard_at(attempt.at, slips, last, self.free_known)

    def _until(self, attempt: SignInAttempt) -> datetime:
        """When the next attempt at this address is heard from this network."""
        here, near = SignInAttempt.origin == attempt.origin, SignInAttempt.wide == attempt.wide
        elsewhere = and_(SignInAttempt.origin != attempt.origin, _within(SHARED, attempt.at))
        counted = select(
            func.count().filter(here),
            func.max(SignInAttempt.at).filter(here),
            func.count().filter(near),
            func.max(SignInAttempt.at).filter(near),
            func.count(SignInAttempt.origin.distinct()).filter(elsewhere),
        ).where(
            SignInAttempt.address_hash == attempt.address_hash,
            SignInAttempt.known_as == "",
            _within(KEPT_FOR, attempt.at),
        )
        slips, last, slips_near, last_near, others = db.session.execute(counted).one()
        share = min(PACE_OF_ALL * others, LONGEST_SHARE)
        return max(
            self._heard_at(attempt.at, slips, last, self.free, share),
            self._heard_at(attempt.at, slips_near, last_near, self.free_wide, share),
        )

    def _heard_at(
        self, at: datetime, slips: int, last: datetime | None, free: int, at_least: timedelta = timedelta()
    ) -> datetime:
        if last is None or slips < free:
            return at
        pause = timedelta(seconds=2 ** min(slips - free, 20))
        return last + max(min(pause, self.longest), at_least)

    def _key(self, address: str) -> str:
        secret = current_app.config["SECRET_KEY"]
        return hmac.new(secret.encode(), f"{self.name}:{address}".encode(), hashlib.sha256).hexdigest()


def _spread_until(attempt: SignInAttempt) -> datetime:
    """When a neighbourhood that has slipped at very many addresses is heard again."""
    counted = select(
        func.count(), func.count(SignInAttempt.address_hash.distinct()), func.max(SignInAttempt.at)
    ).where(SignInAttempt.wide == attempt.wide, SignInAttempt.known_as == "", _within(SPRAYED, attempt.at))
    slips, addresses, last = db.session.execute(counted).one()
    above = slips + WEIGHT_OF_AN_ADDRESS * addresses >= CEILING
    return last + PACE_ABOVE_CEILING if above else attempt.at


def _within(span: timedelta, at: datetime) -> ColumnElement[bool]:
    return SignInAttempt.at.between(at - span, at + AHEAD)


def _forget_surplus(attempt: SignInAttempt) -> None:
    """What is too old, and what is too much: counting must stay quick while somebody attacks for days."""
    same = (
        SignInAttempt.address_hash == attempt.address_hash,
        SignInAttempt.origin == attempt.origin,
        SignInAttempt.known_as == attempt.known_as,
    )
    surplus = select(SignInAttempt.id).where(*same).order_by(SignInAttempt.at.desc()).offset(KEPT_EACH)
    db.session.execute(
        delete(SignInAttempt).where(
            (SignInAttempt.at < attempt.at - KEPT_FOR) | SignInAttempt.id.in_(surplus)
        )
    )


def _wait_for_turn(address_hash: str) -> None:
    """Until the commit. SQLite has one writer at a time anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        key = int(address_hash[:8], 16) - 2**31
        db.session.execute(text("SELECT pg_advisory_xact_lock(:ours, :key)"), {"ours": TURNS, "key": key})
