"""The public register, for readers and for machines. No sign-in."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, jsonify, request

from app import calendar
from app.reporting.register import day_of, open_data, public_list
from app.reporting.statistics import figures
from app.web.access import needs

reporting = Blueprint("reporting", __name__)


@reporting.get("/register")
@needs("public")
def register():
    """Rounds, figures and projects as of today, or of the day asked for."""
    on, unread = _asked_day()
    return public_list(request.args, on).response(
        "reporting/register.html", filename="register", on=on, unread=unread, figures=figures(on)
    )


@reporting.get("/register.json")
@needs("public")
def register_json():
    """The same as open data, with the same filters."""
    on, _unread = _asked_day()
    return jsonify(open_data(public_list(request.args, on), figures(on)))


def _asked_day() -> tuple[date, str]:
    """The day asked for, else today; and what was typed but is no day."""
    text = request.args.get("on", "").strip()
    asked = day_of(text) if text else None
    return asked or calendar.today(), "" if asked else text
