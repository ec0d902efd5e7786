"""How mails name days and bodies where there is little room: in their subjects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app import calendar
from app.lines import neutral, one_line
from app.organisations.models import Organisation

MARK = "＞"  # before each further line of what is quoted


def short_day(moment: date | datetime) -> str:
    """3月31日: without the year, which a subject about the coming months does not need."""
    day = calendar.day_of(moment)
    return f"{day.month}月{day.day}日"


def short_instant(moment: datetime) -> str:
    """3月17日12時, or 12時30分 when there are minutes; in JST."""
    return short_day(moment) + calendar.era_instant(moment).rpartition("）")[2]


def and_others(bodies: Sequence[Organisation], reader: Organisation | None = None) -> str:
    """岩見沢市, or 岩見沢市ほか for several: the reader's own body stands for all, without one the lead."""
    return (reader or bodies[0]).name + ("ほか" if len(bodies) > 1 else "")


def all_of(bodies: Sequence[Organisation]) -> str:
    """北海道、北海道岩見沢市、北海道更別村: with the prefecture, since names repeat (府中市, 美郷町)."""
    return "、".join(body.full_name for body in bodies)


class Quoted(str):
    """Words of somebody else on several lines, set so that none of them can be taken for a line of the mail itself."""


def continued(text: str, indent: int) -> Quoted:
    """What somebody wrote on several lines: from the second on `indent` full-width characters in, behind a mark.

    Without the mark, a line 「【要対応】…」 or a row of dashes in a reason would look like the office's own.
    """
    first, *others = [line.strip() for line in neutral(text).strip().split("\n")]
    return Quoted("\n".join([first, *(f"{'　' * indent}{MARK}{line}".rstrip() for line in others)]))


def on_one_line(value: Any) -> Any:
    """For the templates of mails: whatever is put into a line stays in it, unless it is `Quoted`."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Quoted) else value
