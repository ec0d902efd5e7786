"""The form of an initiative."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import ValidationError

from app.programmes.technologies import TECHNOLOGIES
from app.rooms.models import NAME_MAX, TEXT_MAX
from app.web.forms import AtMost, DateField, Form, Required, VersionField, choices


class InitiativeForm(Form):
    version = VersionField()
    name = StringField(_l("Name of the initiative"), [Required(), AtMost(NAME_MAX)])
    summary = TextAreaField(_l("What is done"), [AtMost(TEXT_MAX)])
    technologies = SelectMultipleField(
        _l("Technologies"),
        choices=choices({it: it for it in TECHNOLOGIES}),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    begun_on = DateField(_l("Begun on"))
    ended_on = DateField(_l("Ended on"))

    def validate_ended_on(self, field: DateField) -> None:
        if field.data and self.begun_on.data and field.data < self.begun_on.data:
            raise ValidationError(_("It cannot end before it begins."))

    @property
    def values(self) -> dict[str, Any]:
        return {
            "name": (self.name.data or "").strip(),
            "summary": self.summary.data or "",
            "technologies": list(self.technologies.data or ()),
            "begun_on": self.begun_on.data,
            "ended_on": self.ended_on.data,
        }


class InitiativeWithdrawalForm(Form):
    reason = TextAreaField(_l("Reason"), [Required(), AtMost(1000)], description=_l("Kept in the history."))
