"""The page on which an officer records an exception from a rule of a call, for one body."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.applications import exceptions
from app.applications.blueprint import applications
from app.applications.choosing import choose_body, chosen_body
from app.db import db
from app.lifecycle import is_open
from app.programmes.models import Call
from app.programmes.rules import RULES
from app.web.access import actor, needs
from app.web.forms import AtMost, Form, Required, choices, form_page
from app.web.records import fetch


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
    body = chosen_body()
    if body is None:
        recorded = exceptions.exceptions_for(call)
        return choose_body("applications/choose_for_exception.html", call, recorded=recorded)
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
