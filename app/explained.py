"""Errors that are for whoever reads: the sentence of the catalogue that says what cannot be, and what it names.

Whoever raises one knows no reader and no language; whoever shows it asks `sentence_of` (app/web/i18n.py). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


def N_(msgid: str) -> str:
    """Mark a message for the catalogue; translated by whoever shows it."""
    return msgid


class Sentence(Protocol):
    """A sentence of the catalogue and the values that it names; an error's, or that of a mere note."""

    @property
    def msgid(self) -> str: ...

    @property
    def values(self) -> Mapping[str, Any]: ...


class Explained(Exception):
    """What was asked cannot be, and `msgid` with `values` says why; str() is the sentence in English, for a log.

    A sentence that is kept (a parked mail's, a failed work's) has no values: it is read by several, in two languages.
    """

    def __init__(self, msgid: str, **values: Any) -> None:
        super().__init__(msgid % values if values else msgid)
        self.msgid, self.values = msgid, values
