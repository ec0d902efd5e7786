"""The page of a halt: why the automatic work stands still, what the clock says, what goes out when it goes on.

Here, above all contexts, because it foretells what each of them would do.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, TextAreaField
from wtforms.validators import InputRequired

from app import calendar, halting
from app.db import db
from app.halting import Halt
from app.home.routes import home
from app.web.access import actor, needs
from app.web.forms import AtMost, Form, Required, form_page
from app.web.manifest import Job, answer

SHOWN = 20


class ResumeForm(Form):
    seen = BooleanField(
        _l("I have looked: the clock is right, and what is told above may go out."),
        [InputRequired(_l("Look at it, and tick this."))],
    )
    remark = TextAreaField(
        _l("What was found"),
        [Required(), AtMost(1000)],
        description=_l(
            "Why the system stood still, what was wrong with the clock, what has gone out since the backup. It goes on "
            "record with your name."
        ),
    )


@home.app_template_global()
def told_halt(reason: str) -> str:
    """Why the work was halted, in the reader's language."""
    return _(halting.REASONS[reason].label)


@home.app_template_global()
def work_is_halted() -> bool:
    return halting.is_noted()


@home.get("/halt")
@needs("schedule.view")
def halt() -> str:
    """Whether the automatic work is halted and why; and the halts there were."""
    return render_template("home/halt.html", **_shown())


@home.route("/halt/resumption", methods=["GET", "POST"])
@needs("jobs.resume")
def resume() -> ResponseReturnValue:
    """Confirm that the work may go on: what was due goes out at the next turn."""
    found = halting.current()
    if found is None:
        flash(_("The automatic work is not halted."), "info")
        return redirect(url_for("home.halt"))
    form = ResumeForm()
    if form.validate_on_submit():
        halting.lift(found, actor=actor(), at=calendar.now(), remark=form.remark.data or "")
        db.session.commit()
        another = halting.current()
        if another:
            flash(_("This halt is lifted. There is another one, for another reason."), "warning")
        else:
            flash(_("The automatic work goes on. What was due goes out within ten minutes."), "success")
        return redirect(url_for("home.halt"))
    return form_page("home/resume.html", form=form, **_shown())


def _shown() -> dict[str, Any]:
    now = calendar.now()
    past = select(Halt).where(Halt.lifted_at.is_not(None)).order_by(Halt.id.desc()).limit(SHOWN)
    found = halting.current()
    return {
        "halt": found,
        "now": now,
        "instants": _instants(found) if found else {},
        "coming": _coming(calendar.day_of(now), now) if found else [],
        "past": list(db.session.scalars(past)),
    }


def _instants(found: Halt) -> dict[str, datetime]:
    """The instants among its facts."""
    names = ("clock", "last_known", "expected", "backup_made_at")
    return {name: datetime.fromisoformat(found.facts[name]) for name in names if found.facts.get(name)}


def _coming(on: date, at: datetime) -> list[tuple[str, int]]:
    """What goes out at the next turn when the work goes on, and how much of it there is."""
    jobs: dict[str, Job] = answer("daily_jobs")()
    return [(_(job.held_back), job.count(on, at)) for job in jobs.values() if job.count]
