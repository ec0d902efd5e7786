"""The pages of reports, and what their templates ask by name."""

from __future__ import annotations

from flask import Blueprint

from app.accompaniment.labels import entry_kind, obstacle_kind
from app.reports import known, labels

reports = Blueprint("reports", __name__)
reports.add_app_template_filter(labels.shown_kind, "report_kind")
reports.add_app_template_global(labels.title_of, "report_title")
reports.add_app_template_global(known.actual_of, "report_actual_of")
reports.add_app_template_filter(known.name_of, "report_kpi_name")
reports.add_app_template_filter(obstacle_kind, "report_obstacle_kind")
reports.add_app_template_filter(entry_kind, "report_entry_kind")
