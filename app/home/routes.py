"""Each role's first page: what waits for this person, by due date; how much there is; what comes; what happened.

For those who are not signed in, the front page.
"""

from __future__ import annotations

from flask import Blueprint, render_template

from app import calendar
from app.applications.progress import by_call_and_state
from app.home import figures
from app.home.dates import dates
from app.home.recent import recent
from app.home.tasks import tasks_of
from app.permissions import OFFICE, REVIEWER
from app.programmes.fields import APPLICANT_KINDS
from app.programmes.phases import openings, shown_standing, under_way
from app.reporting import statistics
from app.web.access import actor_or_none, needs
from app.web.everybodys import same_for_everybody
from app.web.manifest import manifests

home = Blueprint("home", __name__)


@home.get("/")
@needs("public")
@same_for_everybody
def index() -> str:
    """The person's tasks and cases; for those not signed in, what the programme is and where to go."""
    who = actor_or_none()
    if who is None:
        return render_template(
            "home/welcome.html",
            openings=openings(calendar.now()),
            body_kinds=APPLICANT_KINDS,
            figures=statistics.figures(calendar.today()),
        )
    now = calendar.now()
    tasks = tasks_of(who, now)
    of_office = who.role in OFFICE
    read = under_way() if who.role == REVIEWER else None
    calls = [] if of_office else openings(now).open if read is None else read
    closings = (
        {(row.call_id, row.title, row.closes_at) for row in by_call_and_state(now) if row.closes_at}
        if of_office
        else {(call.id, call.title, call.closes_at) for call in calls if call.closes_at}
    )
    desk = figures.desk(tasks, now) if of_office else None
    return render_template(
        "home/index.html",
        tasks=tasks,
        waiting=figures.waiting(tasks, now),
        desk=desk,
        cases=[] if of_office else [case for it in manifests() if it.cases for case in it.cases(who)],
        read=None if read is None else [(call, shown_standing(call)) for call in read],
        calls=calls if who.may("application.start") else [],
        dates=dates(who, sorted(closings), tasks, now, desk.ahead if desk else {}),
        recent=recent(who),
        now=now,
        fiscal_year=calendar.fiscal_year(now),
        year_end=calendar.fiscal_year_end(calendar.fiscal_year(now)),
    )
