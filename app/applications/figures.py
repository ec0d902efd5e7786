"""How many applications the office checks or reviews, and how far those of each call are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import calendar
from app.applications.progress import by_call_and_state, shown_states
from app.lifecycle.application import BEFORE_SUBMISSION, WITH_THE_OFFICE
from app.web.counting import Chart, Figure, Figures, Part
from app.web.i18n import state_label


@dataclass(frozen=True)
class CallBar:
    call_id: int
    title: str
    parts: Sequence[Part]


def figures(_counted: Figures, at: datetime) -> Iterator[Figure]:
    """Those that are checked or reviewed, and which open call closes next."""
    rows = by_call_and_state(at)
    count = sum(row.count for row in rows if row in WITH_THE_OFFICE)
    open_calls = sorted({(row.closes_at, row.title) for row in rows if row.closes_at and row.closes_at > at})
    note = ""
    if open_calls:
        closes_at, title = open_calls[0]
        days = calendar.days_until(closes_at)
        note = ngettext("%(call)s: closes in %(days)s day", "%(call)s: closes in %(days)s days", days, call=title, days=days) if days else _("%(call)s: closes today", call=title)  # fmt: skip
    url = url_for("applications.index", stage="office")
    yield Figure(_("Applications checked or reviewed"), count, _("cases"), note, url)


def charts(_counted: Figures, at: datetime) -> Iterator[Chart]:
    """A bar for each call whose results are not told yet."""
    of_calls = groupby(by_call_and_state(at), key=lambda row: (row.call_id, row.title))
    bars = [CallBar(*call, _parts(call[0], list(rows))) for call, rows in of_calls]
    yield Chart("states", _("Applications by state"), "applications/_by_state.html", bars)


def _parts(call_id: int, rows: Sequence[Any]) -> list[Part]:
    """Drafts are only counted: the office cannot list what was not submitted to it."""
    return [
        Part(
            state_label(None, state, "application"),
            count,
            "" if state in BEFORE_SUBMISSION else url_for("applications.index", call=call_id, state=state),
        )
        for state, count in shown_states(rows)
    ]
