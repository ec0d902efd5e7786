"""The pages of indicators, and what their templates ask by name."""

from __future__ import annotations

from flask import Blueprint

from app.kpis import labels

kpis = Blueprint("kpis", __name__)
kpis.add_app_template_filter(labels.shown_direction, "kpi_direction")
kpis.add_app_template_filter(labels.shown_unit, "kpi_unit")
kpis.add_app_template_global(labels.read_as, "kpi_read_as")
kpis.add_app_template_global(labels.with_year, "kpi_with_year")
kpis.add_app_template_filter(labels.shown_standing, "kpi_standing")
kpis.add_app_template_filter(labels.shown_why, "kpi_why")
kpis.add_app_template_filter(labels.tone_of, "kpi_tone")
kpis.add_app_template_filter(labels.what, "kpi_what")
kpis.add_app_template_filter(labels.shown_value, "kpi_shown")
