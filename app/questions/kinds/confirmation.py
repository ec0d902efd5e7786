"""A statement that is confirmed by a tick, or is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField

from app.lifecycle import N_
from app.questions.kind import Grid, Kind, Problem, Unreadable
from app.questions.limits import TEXT, Limit
from app.widths import TooLong, plain

YES, NO = "yes", "no"
TICKED = "y"  # what WTForms sends for a tick
_YES = {"y", "yes", "true", "1", "on", "はい", "○", "〇", "◯", "レ", "✓", "✔", "☑", "確認", "確認した", "有"}
_NO = {"", "n", "no", "false", "0", "off", "いいえ", "×", "✕", "-", "☐", "□", "未確認", "無"}


class Confirmation(Kind):
    name = "confirmation"
    label = N_("Confirmation")
    copied = False
    empty: Any = False

    def fields(self) -> dict[str, Any]:
        return {self.question.name: BooleanField(**self.as_asked)}

    def parse(self, entered: Any) -> bool:
        if isinstance(entered, bool):
            return entered
        if entered is None:
            return False
        if isinstance(entered, str | int):
            try:
                text = plain(str(entered), most=20).strip().lower()
            except (TooLong, ValueError):
                text = "?"
            if text in _YES:
                return True
            if text in _NO:
                return False
        raise Unreadable(N_("This is neither yes nor no: write はい or いいえ."))

    def problems(self, value: Any, section: str = "") -> Iterator[Problem]:
        """A box is ticked, not answered."""
        if self.question.required and self.is_empty(value):
            yield self.problem(section, "missing", N_("Read and tick “%(question)s”."))

    def choices_for_conditions(self) -> list[str]:
        return [YES, NO]

    def shown_choice(self, choice: str) -> str:
        return _("Yes") if choice == YES else _("No")

    def given_for_conditions(self, value: Any) -> set[str]:
        return {YES if value else NO}

    def sent_for(self, choice: str) -> str:
        return TICKED if choice == YES else ""

    def freeze(self, value: Any) -> Any:
        return bool(value)

    def shown(self, frozen: Any) -> str:
        return _("Yes") if frozen else _("No")

    def cells(self, value: Any) -> Grid:
        return [["はい" if value else None]]

    def limit(self, place: int) -> Limit | None:
        return Limit(TEXT)

    def offered(self, place: int) -> list[str]:
        return ["はい", "いいえ"]
