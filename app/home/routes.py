"""Each role's first page: what waits for this person, by due date, then their cases; for everybody, the front page."""

from __future__ import annotations

from flask import Blueprint, render_template

from app import calendar
from app.home import cases
from app.home.tasks import tasks_of
from app.programmes.forms import APPLICANT_KINDS
from app.programmes.phases import openings
from app.reporting.statistics import figures
from app.web.access import actor_or_none, needs

home = Blueprint("home", __name__)


@home.get("/")
@needs("public")
def index():
    """The person's tasks and cases; for those not signed in, what the programme is and where to go."""
    who = actor_or_none()
    if who is None:
        return render_template(
            "home/welcome.html",
            openings=openings(calendar.now()),
            body_kinds=APPLICANT_KINDS,
            figures=figures(calendar.today()),
        )
    return render_template(
        "home/index.html",
        tasks=tasks_of(who, calendar.now()),
        cases=cases.cases_of(who),
        calls=openings(calendar.now()).open if who.may("application.edit") else [],
        now=calendar.now(),
    )
