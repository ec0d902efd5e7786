"""The forms around a report: asking for one, handing in, sending back, returning, more time."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.kpis.forms import FiscalYearField
from app.questions import returning
from app.questions.returning import ReturnForm
from app.reports.correcting import whole_words
from app.reports.models import Report
from app.web.forms import AtMost, Form, InstantField, Required


class RequestForm(Form):
    fiscal_year = FiscalYearField(_l("Fiscal year"), [Required()], description=_l("Like R4 or 2022."))


class SubmissionForm(Form):
    """`seen` is the fingerprint of what the approver read."""

    seen = HiddenField()


class SendingBackForm(Form):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("The editor reads it word for word.")
    )


class MoreTimeForm(Form):
    due_at = InstantField(_l("New due time"), [Required()])
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("It is told to the local government.")
    )

    was: Any = None

    def validate_due_at(self, field: InstantField) -> None:
        if field.data and field.data <= max(self.was, calendar.now()):
            raise ValidationError(_("The new time must be later than the present one, and in the future."))


def return_form(report: Report) -> ReturnForm:
    """One box for each question that was handed in, and one for the whole."""
    return returning.return_form(
        report.last_said,
        report.answered.form,
        whole=str(whole_words()),
        until=_("What comes later is taken too; until it comes it is asked after."),
    )
