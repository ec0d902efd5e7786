"""How many letters wait for approval."""

from __future__ import annotations

from sqlalchemy import Select, func

from app.correspondence.models import Letter
from app.lifecycle.letter import TO_APPROVE
from app.web.counting import counted

WAITING = "letters waiting"


def waiting(letter_kind: str) -> Select:
    """Drafted letters of a kind by the fiscal year they are about."""
    drafted = counted(WAITING, func.count(Letter.id), Letter.fiscal_year)
    return drafted.where(Letter.letter_kind == letter_kind, TO_APPROVE.of(Letter)).group_by(
        Letter.fiscal_year
    )
