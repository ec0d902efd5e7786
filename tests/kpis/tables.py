"""Tables of indicators as offices keep them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from app.questions.kind import Upload

HEAD = ("区分", "指標", "単位", "基準値（R1）", "目標値（R8）", "実績値（R4年度）")


def workbook(
    rows: Iterable[Sequence[Any]], merged: Sequence[str] = (), *, title: str = "KPI", also: Sequence[str] = ()
) -> bytes:
    """A workbook of these rows; `also` are further sheets with a line that is no table."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    for name in also:
        book.create_sheet(name).append(["この表の見方"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(rows: Iterable[Sequence[Any]], merged: Sequence[str] = (), **more: Any) -> Upload:
    return Upload("指標.xlsx", workbook(rows, merged, **more))


def csv_of(*lines: str, encoding: str = "utf-8-sig") -> Upload:
    return Upload("指標.csv", "\r\n".join(lines).encode(encoding))
