"""What a page of one record shows of the cases around it, each context telling its own.

The page belongs to a context below those it shows; they are asked through their manifests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

SHOWN = 10


@dataclass(frozen=True)
class Related:
    """One case: its state is shown in the reader's words."""

    record: Any
    title: str
    url: str
    note: str = ""
    day: date | datetime | None = None


@dataclass(frozen=True)
class About:
    """The newest cases of one kind, and where all of them are listed."""

    name: str  # of the section, for its heading's id
    heading: str
    cases: Sequence[Related]
    all_url: str
    none: str  # what is said when there is no case
    has_more: bool = False


def about(name: str, heading: str, found: Sequence[Related], *, all_url: str, none: str) -> About:
    """`found` may hold one case more than is shown: then there are more."""
    return About(name, heading, found[:SHOWN], all_url, none, len(found) > SHOWN)
