"""What is done about the kept head of the history."""

from __future__ import annotations

from datetime import datetime

from app import head
from app.db import record
from app.permissions import SYSTEM


class History:
    """The history itself, as what an entry is about."""

    kind, id = "history", 0


def renew_head(*, reason: str, at: datetime) -> None:
    """Begin the kept head anew from the chain as it is, after a restore; the history has the former one and the reason."""
    changes = {"reason": reason, "former": head.renew()}
    record(History(), "head_renewed", actor=SYSTEM, at=at, changes=changes, audience="proof")
