"""What tests of signing in do alike."""

from __future__ import annotations

from functools import cache

from app.organisations import passwords


@cache
def kept_password(password: str) -> str:
    """Hashing takes long on purpose: once for all."""
    return passwords.hashed(password)


def is_signed_in(client) -> bool:
    return client.get("/account").status_code == 200
