"""In whose voice letters and mails speak: that of the programme of what they are about (docs/adr/0027).

Programmes stand above; what they say of themselves is asked for by name.
"""

from __future__ import annotations

from typing import Any, Protocol

from app.web.manifest import answer


class Voice(Protocol):
    """What a programme says of itself. `id` is None for the house before it has a programme."""

    id: Any
    name: Any
    ministry: Any
    issuer: Any  # who signs its letters
    section: Any  # who answers
    mark: Any  # of its document numbers
    sender: Any  # the name before the address of its mails
    contact_address: Any
    contact_telephone: Any  # empty: none is given


def voice_of(record: Any) -> Voice:
    """The voice of the programme of `record`; of a record of no programme, and of None, that of the house."""
    found: Voice = answer("voice")(record)
    return found


def in_list(column: Any) -> Any:
    """The columns and filters that tell which programme a row is of: see app/programmes/apart.py."""
    return answer("programme in a list")(column)
