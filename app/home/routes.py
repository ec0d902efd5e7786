"""Each role's first page: what waits for this person, by due date, then their cases."""

from __future__ import annotations

from flask import Blueprint, render_template

from app import calendar
from app.home import cases
from app.home.tasks import tasks_of
from app.web.access import actor_or_none, needs

home = Blueprint("home", __name__)


@home.get("/")
@needs("public")
def index():
    """The person's tasks and cases; for those not signed in, what the programme is and where to go."""
    who = actor_or_none()
    if who is None:
        return render_template("home/welcome.html", calls=cases.open_calls(None))
    return render_template(
        "home/index.html",
        tasks=tasks_of(who, calendar.now()),
        cases=cases.cases_of(who),
        calls=cases.open_calls(who) if who.may("application.edit") else [],
        now=calendar.now(),
    )
