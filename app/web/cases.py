"""A case as a person's first page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SHOWN = 8  # of each kind, the newest


@dataclass(frozen=True)
class Case:
    record: Any  # its state is shown in the reader's words
    number: str  # as it is said; empty until there is one
    title: str
    note: str  # whose it is
    url: str
