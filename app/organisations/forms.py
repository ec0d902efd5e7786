"""The forms of sign-in and seats."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import Optional, ValidationError

from app import calendar
from app.organisations.labels import ROLES
from app.organisations.models import Organisation, Seat
from app.organisations.operations import Refused, checked_address, roles_at
from app.web.forms import AtMost, DateField, Form, Required, VersionField, half_width
from app.web.i18n import sentence_of


class Address:
    """A mail address, mended where that is certain."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        try:
            field.data = checked_address(field.data or "")
        except Refused as problem:
            raise ValidationError(sentence_of(problem)) from problem


class SignInForm(Form):
    email = StringField(_l("E-mail address"), [Required(), AtMost(254)], filters=[half_width])
    password = PasswordField(_l("Password"), [Required()])


class SeatForm(Form):
    """A seat; its role is chosen when it is made, and stays."""

    role = SelectField(_l("Role"), [Required()])
    section = StringField(
        _l("Section"),
        [Required(), AtMost(100)],
        description=_l("As it is written in letters: 企画部デジタル推進課"),
    )
    version = VersionField()
    post = StringField(
        _l("Post"), [Required(), AtMost(100)], description=_l("For example 係長; not a person's name.")
    )
    mailbox = StringField(
        _l("Shared mailbox"),
        [Required(), Address()],
        description=_l("All mail for this seat goes here, whoever holds it."),
        filters=[half_width],
    )

    @classmethod
    def at(cls, organisation: Organisation) -> SeatForm:
        form = cls()
        form.role.choices = [(role, _(ROLES[role])) for role in roles_at(organisation)]
        return form

    @classmethod
    def of(cls, seat: Seat) -> SeatForm:
        form = cls(obj=seat)
        if not form.is_submitted():
            form.version.data = seat.version_id
        del form.role
        return form

    def values(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.data.items() if name in ("role", "section", "post", "mailbox")
        }


class GeneralAddressForm(Form):
    address = StringField(
        _l("General address"),
        [Optional(), Address()],
        description=_l(
            "The published address of the body, such as that of its general affairs section. Mail goes there only while nobody holds a seat, and says so."
        ),
        filters=[half_width],
    )


class LastDayForm(Form):
    on = DateField(
        _l("Last day in the seat"),
        [Required()],
        default=calendar.today,
        description=_l("With yesterday's date the seat is left at once."),
    )


class ClosingForm(Form):
    on = DateField(_l("Closed from"), [Required()], default=calendar.today)
