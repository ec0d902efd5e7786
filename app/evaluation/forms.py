"""The forms of meetings: its facts, which projects it looks at, a day by which to respond, a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import ValidationError

from app import calendar
from app.evaluation.models import NAME_MAX, PLACE_MAX
from app.web.forms import AtMost, DateField, Form, Required, VersionField, choices
from app.web.i18n import shown_fiscal_year

YEARS_BACK = 10


class MeetingForm(Form):
    version = VersionField()
    programme_id = SelectField(_l("Programme"), [Required()])
    name = StringField(_l("Name of the meeting"), [Required(), AtMost(NAME_MAX)])
    fiscal_year = SelectField(_l("Fiscal year that is evaluated"), [Required()])
    held_on = DateField(_l("Day"), [Required()])
    place = StringField(
        _l("Place"), [AtMost(PLACE_MAX)], description=_l("May be left empty if it is held online.")
    )
    online = BooleanField(_l("Held online, or one can take part online"))

    @classmethod
    def fresh(cls, programmes: dict[int, str], **values: Any) -> MeetingForm:
        form = cls(**values)
        form.programme_id.choices = choices({str(key): name for key, name in programmes.items()})
        now = calendar.fiscal_year(calendar.today())
        years = {now - back for back in range(YEARS_BACK)}
        if values.get("obj") is not None:
            years.add(values["obj"].fiscal_year)
        form.fiscal_year.choices = choices(
            {str(year): shown_fiscal_year(year) for year in sorted(years, reverse=True)}
        )
        if len(programmes) < 2 or values.get("obj") is not None:
            del form.programme_id
        return form

    @property
    def programme(self) -> int | None:
        """The id of the one that was chosen; None where nobody was asked."""
        return int(self.programme_id.data) if self.programme_id else None

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "name": (self.name.data or "").strip(),
            "fiscal_year": int(self.fiscal_year.data),
            "held_on": self.held_on.data,
            "place": (self.place.data or "").strip(),
            "online": bool(self.online.data),
        }

    def validate_place(self, field: StringField) -> None:
        if not (field.data or "").strip() and not self.online.data:
            raise ValidationError(_("Enter the place, or say that it is held online."))


class ProjectsForm(Form):
    """Which projects a meeting looks at, besides those that it looks at already."""

    projects = SelectMultipleField(
        _l("Projects"),
        [Required(_l("Choose at least one project."))],
        coerce=int,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )

    @classmethod
    def fresh(cls, offered: dict[int, str]) -> ProjectsForm:
        form = cls()
        form.projects.choices = choices({str(key): name for key, name in offered.items()})
        return form


class CallingOffForm(Form):
    reason = TextAreaField(_l("Reason"), [Required(), AtMost(1000)], description=_l("Kept in the history."))


class _ByADay(Form):
    due_on = DateField(_l("Response by"), [Required()])

    def validate_due_on(self, field: DateField) -> None:
        if field.data and field.data < calendar.today():
            raise ValidationError(_("The day by which to respond has passed already."))

    @property
    def day(self) -> date:
        assert self.due_on.data is not None  # it is required
        found: date = self.due_on.data
        return found


class PuttingForm(_ByADay):
    pass


class AskingAgainForm(_ByADay):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("The local governments are told.")
    )


class TakingBackForm(Form):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("The local governments are told.")
    )
