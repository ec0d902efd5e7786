"""What reports are called."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.reports.models import ANNUAL, FINAL, Report
from app.web.i18n import shown_fiscal_year

KIND_LABELS = {ANNUAL: _l("Annual report"), FINAL: _l("Final report")}


def shown_kind(kind: str) -> str:
    return str(KIND_LABELS[kind])


def title_of(report: Report) -> str:
    """Annual report of FY2022."""
    year = shown_fiscal_year(report.fiscal_year)
    if report.report_kind == FINAL:
        return _("Final report of %(year)s", year=year)
    return _("Annual report of %(year)s", year=year)
