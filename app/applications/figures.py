"""How many applications the office checks or reviews."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import calendar
from app.applications.progress import by_call_and_state
from app.lifecycle.application import WITH_THE_OFFICE
from app.web.counting import Figure, Figures


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
