"""Indicators of all projects: the list, and those of one unit side by side."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.kpis.blueprint import kpis
from app.kpis.comparing import compared
from app.kpis.lists import NO_UNIT, kpi_list, units
from app.web.access import actor, needs


@kpis.get("/kpis")
@needs("kpi.list")
def index() -> ResponseReturnValue:
    return kpi_list(actor(), request.args).response("kpis/index.html", filename="kpis")


@kpis.get("/kpis/comparison")
@needs("kpi.list")
def comparison() -> ResponseReturnValue:
    """Only what counts in one unit is compared; all others are named as not comparable."""
    offered = units(actor())
    asked = request.args.get("unit", "")
    unit = asked if asked in offered else next((it for it in offered if it != NO_UNIT), "")
    return render_template("kpis/comparison.html", units=offered, unit=unit, found=compared(actor(), unit))
