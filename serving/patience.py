"""How long a slow client is borne with. Pure: it is told how connections stand, and says which are to be closed.

A person behind the slowest line that an office may have sends eight kilobytes a second (ISDN). There is no limit per
address: a whole town hall shares one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from config import LARGEST_BODY

HEADER_WITHIN = 30  # seconds from its first byte to its last
SLOWEST = 4096  # bytes a second, on average …
AFTER = 60  # … once so many seconds have passed, for a body and for an answer
REQUEST_WITHIN = max(3600, LARGEST_BODY // SLOWEST)  # seconds, however steadily it comes in
IDLE = 65  # seconds between requests: a proxy lets go after 60 and must be the first to do so
CROWDED = 0.75  # of the connections there may be: from here on the slowest make room …
NOT_BEFORE = 5  # … but nobody within so many seconds
MOST_HELD = 2 * 1024**3  # bytes of bodies and answers that wait in files and memory

Phase = Literal["idle", "header", "body", "working", "answering"]


@dataclass(frozen=True)
class Standing:
    """What a connection is at, since how many seconds, how much went through it since, how much is kept for it."""

    phase: Phase
    seconds: float
    moved: int = 0
    held: int = 0

    @property
    def is_overdue(self) -> bool:
        match self.phase:
            case "idle":
                return self.seconds > IDLE
            case "header":
                return self.seconds > HEADER_WITHIN
            case "body":
                return self.seconds > REQUEST_WITHIN or self._crawls
            case "answering":
                return self._crawls
            case "working":  # a thread is at work for it, and whoever sent it has done their part
                return False

    @property
    def speed(self) -> float:
        return self.moved / max(self.seconds, 0.001)

    @property
    def _crawls(self) -> bool:
        return self.seconds > AFTER and self.speed < SLOWEST


def to_be_closed(standings: Collection[tuple[int, Standing]], *, room_for: int) -> set[int]:
    """The keys of the connections to close: who is overdue and, where it is crowded, the slowest of the others."""
    closed = {key for key, standing in standings if standing.is_overdue}
    left = [(key, standing) for key, standing in standings if key not in closed]
    too_many = len(left) - int(room_for * CROWDED)
    too_much = sum(standing.held for _key, standing in left) - MOST_HELD
    for key, standing in _slowest_first(left):
        if too_many <= 0 and too_much <= 0:
            break
        if too_many > 0 or standing.held:
            closed.add(key)
            too_many -= 1
            too_much -= standing.held
    return closed


def _slowest_first(standings: Iterable[tuple[int, Standing]]) -> list[tuple[int, Standing]]:
    """Those that may be asked to make room: whoever waits for nothing first, then the slowest."""
    may = [it for it in standings if it[1].phase != "working" and it[1].seconds > NOT_BEFORE]
    return sorted(may, key=lambda it: (it[1].phase != "idle", it[1].speed))
