"""The rules of the cells of a workbook (data validation): drop-downs, lengths, limits; Excel keeps to them while people type.

A choice outside a drop-down and a text that is too long are stopped. A number or a day is only warned of: 1,200人 and
令和5年3月31日 are texts to Excel, and understood here.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app import calendar
from app.questions import excel
from app.questions.kind import Kind
from app.questions.kinds.date import SERIAL_START
from app.questions.limits import DAY, NUMBER, TEXT, Limit
from app.web.sheets import DAY as DAY_FORMAT
from app.web.sheets import TEXT as TEXT_FORMAT

CHOICES = "choices"  # the sheet, hidden, of the choices that a rule of a cell cannot hold
LONGEST_LIST = 255  # characters within a rule, and no choice with a comma or a quotation mark in it


class Rules:
    """Those of one workbook: the same rule once for a sheet, however many cells it is for."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.lists: dict[tuple[str, ...], str] = {}
        self.made: dict[tuple[Any, ...], Any] = {}

    def apply(self, cell: Any, asked: Kind, place: int) -> None:
        limit, choices = asked.limit(place), asked.offered(place)
        if limit and limit.takes in (TEXT, DAY):  # a number or a day typed for a text stays what was typed
            cell.number_format = TEXT_FORMAT if limit.takes == TEXT else DAY_FORMAT
        if choices:
            self._add(cell, type="list", formula1=self._list(choices), **_told(_("Choose from the list.")))
        elif limit and (rule := _rule(limit)):
            self._add(cell, **rule)

    def close(self) -> None:
        """Hide what only the rules need."""
        if CHOICES in self.book.sheetnames:
            self.book.move_sheet(CHOICES, len(self.book.sheetnames))
            self.book[CHOICES].sheet_state = "hidden"

    def _add(self, cell: Any, **rule: Any) -> None:
        key = cell.parent.title, *sorted(rule.items())
        if key not in self.made:
            self.made[key] = excel.DataValidation(allow_blank=True, showErrorMessage=True, **rule)
            cell.parent.add_data_validation(self.made[key])
        self.made[key].add(cell)

    def _list(self, choices: list[str]) -> str:
        listed = ",".join(choices)
        if len(listed) <= LONGEST_LIST and not any(mark in it for it in choices for mark in ',"'):
            return f'"{listed}"'
        key = tuple(choices)
        if key not in self.lists:
            sheet = self.book[CHOICES] if CHOICES in self.book.sheetnames else self.book.create_sheet(CHOICES)
            letter = excel.get_column_letter(len(self.lists) + 1)
            for row, choice in enumerate(choices, start=1):
                it = sheet[f"{letter}{row}"]
                it.value, it.data_type = choice, "s"
            self.lists[key] = f"{CHOICES}!${letter}$1:${letter}${len(choices)}"
        return self.lists[key]


def _rule(limit: Limit) -> dict[str, Any] | None:
    if limit.takes == TEXT and limit.most:
        words = _("At most %(most)s characters", most=f"{int(limit.most):,}")
        return {"type": "textLength", "operator": "lessThanOrEqual", "formula1": limit.most, **_told(words)}
    if limit.takes == NUMBER and (limit.least or limit.most):
        operator, first, second = (
            ("between", limit.least, limit.most)
            if limit.least and limit.most
            else ("greaterThanOrEqual", limit.least, None)
            if limit.least
            else ("lessThanOrEqual", limit.most, None)
        )
        words = _("A number from %(least)s to %(most)s", least=limit.least or "…", most=limit.most or "…")
        rule = {"type": "decimal", "operator": operator, "formula1": first, "formula2": second}
        return {**rule, "errorStyle": "warning", **_told(words)}
    if limit.takes == DAY:
        serials = [str((day - SERIAL_START).days) for day in (calendar.FIRST_DAY, calendar.LAST_DAY)]
        rule = {"type": "date", "operator": "between", "formula1": serials[0], "formula2": serials[1]}
        words = _("A date, as 2023-03-31, R5.3.31 or 令和5年3月31日")
        return {**rule, "errorStyle": "warning", **_told(words)}
    return None


def _told(words: str) -> dict[str, Any]:
    """Shown beside the cell while one writes in it, and when it is refused."""
    return {"showInputMessage": True, "prompt": words[:255], "error": words[:255]}
