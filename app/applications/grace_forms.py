"""The forms of a grace."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.applications.graces import why_not
from app.organisations.models import Organisation
from app.programmes.models import Call
from app.web.forms import AtMost, Form, InstantField, Required


class GraceForm(Form):
    until = InstantField(
        _l("It may submit until"),
        [Required()],
        description=_l("An instant: what arrives at it or later is refused."),
    )
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("It is told to the director and to this applicant, to nobody else."),
    )

    call: Call
    body: Organisation

    def validate_until(self, field: InstantField) -> None:
        problem = field.data and why_not(self.call, self.body, field.data, calendar.now())
        if problem:
            raise ValidationError(_(problem))


class RefusalForm(Form):
    remark = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("The officers read it; the applicant is told nothing."),
    )
