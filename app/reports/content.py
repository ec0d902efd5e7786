"""What a report says, as plain values: as it stands, or as it was frozen, with what is on record beside its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.questions.content import AnsweredContent

BESIDE = "beside"  # where what is on record stands in a frozen content


class ReportContent(AnsweredContent):
    """The answers, and what was on record beside them (known.py)."""

    @property
    def known(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.plain[BESIDE]
        return found

    @property
    def fiscal_year(self) -> int:
        return int(self.known["fiscal_year"])
