"""The forms of passwords, and of who takes a seat."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import ValidationError

from app import calendar
from app.organisations import passwords
from app.organisations.forms import Address
from app.web.forms import AtMost, DateField, Form, Required, VersionField, half_width
from app.web.i18n import sentence_of


class ForgottenForm(Form):
    email = StringField(_l("E-mail address"), [Required(), Address()], filters=[half_width])


class NewPasswordForm(Form):
    """A new password, typed twice; `email` is the address of the person it is for."""

    new_password = PasswordField(
        _l("New password"),
        [Required()],
        description=_l(
            "At least %(min)s characters: several words are easy to keep in mind.", min=passwords.SHORTEST
        ),
    )
    new_password_again = PasswordField(_l("New password, once more"), [Required()])

    email = ""

    def validate_new_password(self, field: PasswordField) -> None:
        try:
            passwords.refuse_weak(field.data, email=self.email)
        except passwords.WeakPassword as problem:
            raise ValidationError(sentence_of(problem)) from problem

    def validate_new_password_again(self, field: PasswordField) -> None:
        if not passwords.same(field.data, self.new_password.data or ""):
            raise ValidationError(_("The two entries differ."))


class ChangePasswordForm(NewPasswordForm):
    password = PasswordField(_l("Present password"), [Required()])


class HolderForm(Form):
    """Who takes a seat, and from which day."""

    email = StringField(
        _l("E-mail address"),
        [Required(), Address()],
        description=_l(
            "The person's own address; they sign in with it. Somebody already known keeps their password."
        ),
        filters=[half_width],
    )
    name = StringField(_l("Name"), [Required(), AtMost(100)])
    on = DateField(_l("First day in the seat"), [Required()], default=calendar.today)
    newest = VersionField()
