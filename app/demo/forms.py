"""The form that moves the demo's clock."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.demo.clock import NotForward, check_forward
from app.web.forms import DateField, Form, Required


class ClockForm(Form):
    day = DateField(_l("Move the clock forward to"), [Required()])

    def validate_day(self, field: DateField) -> None:
        if field.data:
            try:
                check_forward(field.data)
            except NotForward:
                raise ValidationError(
                    _("Choose a later day than the demo's today, at most eight years ahead.")
                ) from None
