"""The forms of a council, and the one that a member without an account fills in."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.councils.labels import ROLE_LABELS
from app.organisations.forms import Address
from app.web.forms import AtMost, DateField, Form, Required, choices, half_width


class CouncilForm(Form):
    name = StringField(
        _l("Name of the council"),
        [Required(), AtMost(200)],
        description=_l("As its charter has it, in Japanese."),
    )


class PostForm(Form):
    """Whose the seat is. Stands before the request, as on the page: errors are listed in the order of the fields."""

    organisation_name = StringField(_l("Organisation"), [Required(), AtMost(200)])
    post = StringField(_l("Post"), [Required(), AtMost(200)], description=_l("The seat belongs to the post."))
    person_name = StringField(_l("Name of the person"), [AtMost(100)], description=_l("Where it is known."))
    role = SelectField(_l("Role in the council"), [Required()], default="構成員")


class RequestForm(Form):
    """To whom a request goes, and until when to answer."""

    mailbox = StringField(
        _l("E-mail address"),
        [Required(), Address()],
        description=_l("The request and its link go here. A link is good for one person: give no list."),
        filters=[half_width],
    )
    reply_by = DateField(_l("Reply by"), [Required()])

    def validate_reply_by(self, field: DateField) -> None:
        if field.data and field.data < calendar.today():
            raise ValidationError(_("This day has passed already."))


class MemberForm(PostForm, RequestForm):
    @classmethod
    def fresh(cls, **values: Any) -> MemberForm:
        form = cls(**values)
        form.role.choices = choices({role: _(label) for role, label in ROLE_LABELS.items()})
        return form


class MeetingForm(Form):
    held_on = DateField(_l("Held on"), [Required()])
    place = StringField(_l("Place"), [AtMost(200)], description=_l("A room, or the words “online”."))
    note = TextAreaField(_l("Notes"), [AtMost(2000)])

    def validate_held_on(self, field: DateField) -> None:
        if field.data and field.data > calendar.today():
            raise ValidationError(_("Record a meeting once it has been held; this day is still to come."))


class AnswerForm(Form):
    answer = RadioField(
        _l("Your answer"),
        [Required(_l("Choose whether you agree."))],
        choices=choices({"agree": _l("I agree to take the seat"), "decline": _l("I decline")}),
    )
    note = TextAreaField(
        _l("Message to the secretariat"),
        [AtMost(1000)],
        description=_l("For example who is to be asked in your place."),
    )
