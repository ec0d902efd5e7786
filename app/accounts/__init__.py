"""Accounts: how a person gets into the house and leaves it.

Passwords are forgotten, set by a one-time link and changed; a seat is handed to its next holder, who gets a mail; sessions
are seen and ended; what happens at the doors is read in the security log. Who changes the seat of a director or an
administrator is told to all of them (ADR 21). People and seats are kept below; here is what needs the outbox as well.
"""

from app.accounts import password_routes, seat_routes, security_routes, session_routes, watching
from app.accounts.routes import accounts
from app.lifecycle import N_
from app.web.manifest import Manifest, Place

__all__ = [
    "password_routes",
    "seat_routes",
    "security_routes",
    "session_routes",
]  # they add their routes to accounts

MANIFEST = Manifest(
    blueprint=accounts,
    places=(Place("accounts.security_log", N_("Security log"), "security.read"),),
    within={
        "accounts.security_log": "accounts.security_log",
        "accounts.hand_over_seat": "organisations.seats",
    },
    answers={"tell_of_watched_seats": watching.tell},
)
