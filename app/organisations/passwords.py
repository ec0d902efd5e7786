"""Passwords: what is refused, how they are kept (argon2id), how they are compared.

Long rather than complicated (NIST SP 800-63B): twelve characters of any kind, but not what everybody tries first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.explained import Explained
from app.lifecycle import N_
from app.widths import plain

SHORTEST = 12
LONGEST = 200  # a longer one only makes the server work
LONGEST_TYPED = 2 * LONGEST  # か and ゛ typed apart become one character
# What guessing programs try first. Most such words are short: they are used with digits behind them, or repeated.
COMMON_WORDS = frozenset(
    """password passw0rd p@ssw0rd p@ssword pass passwd pasuwado pasuwaado qwerty qwertyuiop asdfgh asdfghjkl zxcvbnm
    qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qazwsx qazwsxedc qazwsxedcrfv qwaszx asdf qwer zxcv abc abcd abcdef
    abcdefg abcdefgh abcdefghijkl abcdefghijklm abcdefghijklmnopqrstuvwxyz iloveyou letmein letmeinplease welcome
    changeme changemenow changeit default secret administrator admin administer root superuser user guest test testing
    tester temp temporary login signin master monkey dragon sunshine princess football baseball superman batman
    trustno1 whatever freedom shadow starwars pokemon doraemon sakura tokyo osaka nippon nihon japan naikakufu banso
    mirai kanri kanrisha shiyakusho yakuba kencho himitsu arigatou konnichiwa ohayougozaimasu hello internet computer
    samsung google windows microsoft""".split()
)
_SEQUENCES = (
    "0123456789" * 6,
    "9876543210" * 6,
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "qwertyuiopasdfghjklzxcvbnm" * 2,
)
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")  # password2023! is password

_hasher = PasswordHasher()


class Busy(Exception):
    """Too many passwords are being compared at this moment; a few seconds later this one is."""


class Lane:
    """Comparing takes long on purpose: so many at once in this process, so many wait, and the others come again.

    Whoever makes the server compare all the time must not hold every thread and both processors.
    """

    def __init__(self, *, at_work: int, waiting: int) -> None:
        self._places = BoundedSemaphore(at_work + waiting)
        self._work = BoundedSemaphore(at_work)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises Busy."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            with self._work:
                yield
        finally:
            self._places.release()


STRANGERS = Lane(at_work=2, waiting=4)
KNOWN = Lane(at_work=1, waiting=3)  # who is signed in, has a link or sits at a known device


class WeakPassword(Explained, ValueError):
    """A password that is not taken."""


def hashed(password: str, *, email: str = "") -> str:
    """The argon2id hash of a password for the person with this address. Raises WeakPassword, Busy."""
    refuse_weak(password, email=email)
    with KNOWN.turn():
        return _hasher.hash(normal(password))


def matches(password: str, stored: str | None, lane: Lane = KNOWN) -> bool:
    """Whether the password is the one whose hash is `stored`. Without one it takes as long, so that the time tells nothing.

    Raises Busy.
    """
    if len(password) > LONGEST_TYPED:
        password, stored = "", None  # nobody's, but as long to compare
    try:
        with lane.turn():
            return _hasher.verify(stored or _nobodys(), normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether it was hashed with weaker settings than today's."""
    return _hasher.check_needs_rehash(stored)


def rehashed(password: str) -> str:
    """Raises Busy."""
    with KNOWN.turn():
        return _hasher.hash(normal(password))


def refuse_weak(password: str, *, email: str) -> None:
    """Raises WeakPassword for what is too short, too long, the address, or among the first to be guessed."""
    typed = normal(password) if len(password) <= LONGEST_TYPED else password
    if len(typed) < SHORTEST:
        raise WeakPassword(N_("Use at least %(min)s characters."), min=SHORTEST)
    if len(typed) > LONGEST:
        raise WeakPassword(N_("Use at most %(max)s characters."), max=LONGEST)
    lower = typed.casefold()
    if email and (lower in email.casefold() or email.casefold() in lower):
        raise WeakPassword(N_("Do not use your e-mail address as the password."))
    if _is_common(lower):
        raise WeakPassword(N_("Too many people use this password, so it is guessed first. Choose another."))


def same(one: str, other: str) -> bool:
    """Whether two entries are the same password."""
    if max(len(one), len(other)) > LONGEST_TYPED:
        return one == other
    return normal(one) == normal(other)


def normal(password: str) -> str:
    """Full-width letters as half-width ones (a Japanese keyboard left in the wrong mode), no spaces around.

    Raises TooLong for what no password can be.
    """
    return plain(password, most=LONGEST_TYPED).strip()


def _is_common(lower: str) -> bool:
    if len(set(lower)) <= 4 or any(lower in sequence for sequence in _SEQUENCES):
        return True
    word = _AROUND.sub("", lower)
    return word in COMMON_WORDS or (
        word != "" and any(not word.replace(common, "") for common in COMMON_WORDS)
    )


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody at all")
