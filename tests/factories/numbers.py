"""What factories number their records with: every test counts from the beginning.

So a test makes the same records whatever ran before it, and the letters of a hundred tests are a few letters, which
tests/drawing.py draws once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from itertools import count

_all: list[Numbers] = []


class Numbers:
    """`first`, and on, until the next test."""

    def __init__(self, first: int = 1) -> None:
        self._first = first
        self._left: Iterator[int] = count(first)
        _all.append(self)

    def __next__(self) -> int:
        return next(self._left)

    def begin(self) -> None:
        self._left = count(self._first)


def count_anew() -> None:
    for numbers in _all:
        numbers.begin()


def kept() -> list[Iterator[int]]:
    """Where all of them stand."""
    return [copy(numbers._left) for numbers in _all]


def at_the_beginning() -> bool:
    return all(repr(numbers._left) == repr(count(numbers._first)) for numbers in _all)


def go_on(standing: Sequence[Iterator[int]]) -> None:
    """Where they stood once. Those that have come since begin."""
    for numbers, left in zip(_all, standing, strict=False):
        numbers._left = copy(left)
