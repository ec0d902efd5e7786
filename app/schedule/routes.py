"""The schedule: its rules, what they will send, what they sent; and the page of long work."""

from __future__ import annotations

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import calendar
from app.db import db
from app.schedule import lists, reminders
from app.schedule.forms import RuleForm
from app.schedule.models import Reminder, Work
from app.schedule.rules import RULES, Rule, milestones
from app.schedule.work import progress_of
from app.web.access import actor, needs
from app.web.errors import wants_json
from app.web.forms import form_page
from app.web.manifest import brought
from app.web.records import address_if_open, fetch, within_reach

schedule = Blueprint("schedule", __name__)
schedule.add_app_template_global(address_if_open)
schedule.add_app_template_global(lists.told_subject)
schedule.add_app_template_global(lists.subject_named)
SHOWN_LATELY = 10


@schedule.app_template_global()
def told_days(rule: Rule) -> str:
    """14 days before, 3 days before, on the day, 90 days after."""
    shown = []
    for days in rule.days:
        if days == 0:
            shown.append(_("on the day"))
        elif days < 0:
            shown.append(ngettext("%(n)s day before", "%(n)s days before", -days, n=-days))
        else:
            shown.append(ngettext("%(n)s day after", "%(n)s days after", days, n=days))
    return _(", ").join(shown)


@schedule.get("/schedule")
@needs("schedule.view")
def index() -> str:
    """All rules, what they will send over the coming year, and what was sent last."""
    now = calendar.now()
    year = calendar.fiscal_year(now)
    ahead = [
        day
        for fy in (year - 1, year, year + 1)
        for day in milestones(fy)
        if 0 <= calendar.days_until(day.day) <= 365
    ]
    lately = db.session.scalars(
        within_reach(Reminder, actor())
        .order_by(Reminder.handled_at.desc(), Reminder.id.desc())
        .limit(SHOWN_LATELY)
    )
    return render_template(
        "schedule/index.html",
        rules=reminders.rules_in_force(),
        expected=reminders.forecast(brought("reminders"), now),
        milestones=ahead,
        lately=list(lately),
        since=reminders.first_day(now),
    )


@schedule.get("/schedule/reminders")
@needs("schedule.view")
def ledger() -> ResponseReturnValue:
    """Everything in the ledger of reminders."""
    return lists.ledger(actor(), request.args).response("schedule/ledger.html", filename="reminders")


@schedule.route("/schedule/rules/<name>", methods=["GET", "POST"])
@needs("schedule.manage")
def change_rule(name: str) -> ResponseReturnValue:
    rule = reminders.rules_in_force().get(name)
    if rule is None or rule.fixed:
        abort(404)
    form = RuleForm.of(rule)
    if form.validate_on_submit():
        changed = reminders.change_days(name, form.days, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("From now on: %(days)s.", days=told_days(changed)), "success")
        return redirect(url_for("schedule.index"))
    return form_page("schedule/rule.html", form=form, rule=rule, usual=RULES[name])


@schedule.get("/work/<int:work_id>")
@needs("work.view")
def work(work_id: int) -> ResponseReturnValue:
    """How far long work has come; when it is finished, on to the page that shows what came of it."""
    found = fetch(Work, work_id)
    done, total = progress_of(found)
    if wants_json():
        return jsonify(state=found.progress_state, done=done, total=total, then=found.then)
    if found.progress_state == "finished":
        return redirect(found.then)
    return render_template("schedule/work.html", work=found, done=done, total=total)
