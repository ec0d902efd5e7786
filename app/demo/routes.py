"""The page of the demo's clock."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.db import db
from app.demo.forms import ClockForm
from app.lifecycle.call import UNDECIDED
from app.programmes.models import Call
from app.schedule.work import enqueue
from app.web.access import actor, needs
from app.web.clock import in_demo
from app.web.forms import form_page
from app.web.i18n import shown_date
from app.web.records import within_reach

demo = Blueprint("demo", __name__)


@demo.route("/demo/clock", methods=["GET", "POST"])
@needs("demo.clock")
def clock() -> ResponseReturnValue:
    """Move the demo's today forward, by a day or to a date; every passed day's jobs run in order."""
    if not in_demo():
        abort(404)
    form = ClockForm()
    if request.method == "POST" and "one-day" in request.form:
        return _move(calendar.today() + timedelta(days=1))
    if form.validate_on_submit():
        return _move(form.day.data)
    fiscal_year = calendar.fiscal_year(calendar.today())
    landmarks = [
        (_("Support-end letters are drafted"), calendar.fiscal_year_end(fiscal_year).replace(day=1)),
        (_("Support-end letters are issued, if approved"), calendar.support_end_notice_day(fiscal_year)),
        (_("Projects end; the new fiscal year begins"), calendar.fiscal_year_start(fiscal_year + 1)),
    ]
    landmarks += [
        (
            _(
                "The first working day after the deadline of %(call)s: results may be announced",
                call=call.title,
            ),
            calendar.first_business_day_on_or_after(calendar.day_of(call.closes_at) + timedelta(days=1)),
        )
        for call in db.session.scalars(
            within_reach(Call, actor()).where(UNDECIDED.of(Call), Call.closes_at > calendar.now())
        )
        if call.closes_at
    ]
    ahead = sorted(
        ((label, day) for label, day in landmarks if day > calendar.today()), key=lambda entry: entry[1]
    )
    return form_page("demo/clock.html", form=form, landmarks=ahead)


def _move(day: date) -> ResponseReturnValue:
    work = enqueue(
        "move_clock",
        {"day": day.isoformat()},
        title=_("Moving the demo's clock to %(day)s", day=shown_date(day)),
        then=url_for("home.index"),
        actor=actor(),
        at=calendar.now(),
    )
    db.session.commit()
    return redirect(url_for("schedule.work", work_id=work.id))
