"""The page on which an officer records an exception from a rule of a call, for one body."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.applications import exceptions, graces
from app.applications.blueprint import applications
from app.db import db
from app.lifecycle import is_open
from app.organisations.models import Organisation
from app.organisations.search import read_code
from app.programmes.models import Call
from app.programmes.rules import RULES
from app.web.access import actor, needs
from app.web.forms import AtMost, Form, Required, choices, form_page
from app.web.lists import LONGEST_SEARCH
from app.web.records import fetch, look_up

FOUND_MAX = 20


class ExceptionForm(Form):
    rule = RadioField(
        _l("Rule"),
        [Required()],
        choices=choices({rule.key: _l(rule.label) for rule in RULES.values()}),
    )
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("It is told to the applicant.")
    )

    taken: set[str]

    def validate_rule(self, field: RadioField) -> None:
        if field.data in self.taken:
            raise ValidationError(_("There is an exception from this rule for this body already."))


@applications.app_template_global()
def told_rule(key: str) -> str:
    """What a rule is called; of one that there is not any more its key."""
    return _(RULES[key].label) if key in RULES else key


@applications.route("/calls/<int:call_id>/exceptions", methods=["GET", "POST"])
@needs("call.record_exception")
def record_exception(call_id: int) -> ResponseReturnValue:
    """First the body is looked for, as for a grace: the office knows no draft."""
    call = fetch(Call, call_id)
    if not is_open(call, "record_exception", actor=actor(), at=calendar.now()):
        flash(
            _("No exception can be recorded: the results of this call are decided, or it is not published."),
            "info",
        )
        return redirect(url_for("programmes.show", call_id=call.id))
    chosen = request.args.get("organisation_id", "")
    if not chosen:
        return _search(call)
    body = look_up(Organisation, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
    recorded, form = exceptions.exceptions_for(call, body), ExceptionForm()
    form.taken = {it.rule for it in recorded}
    if form.validate_on_submit():
        exceptions.grant(
            call,
            body,
            rule=form.rule.data,
            reason=form.reason.data or "",
            actor=actor(),
            at=calendar.now(),
        )
        db.session.commit()
        flash(_("The exception is recorded. The applicant is told by mail."), "success")
        return redirect(url_for("programmes.show", call_id=call.id))
    return form_page("applications/record_exception.html", form=form, call=call, body=body, recorded=recorded)


def _search(call: Call) -> str:
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = graces.candidates(call, words, at=calendar.now(), limit=FOUND_MAX + 1) if words else []
    return render_template(
        "applications/choose_for_exception.html",
        call=call,
        q=words,
        found=found[:FOUND_MAX],
        more=len(found) > FOUND_MAX,
        reading=read_code(words),
        recorded=exceptions.exceptions_for(call),
    )
