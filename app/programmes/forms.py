"""The forms of a call."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, Regexp, ValidationError

from app import calendar
from app.organisations.forms import Address
from app.programmes.checklist import ITEMS_MAX
from app.programmes.default_form import default_criteria
from app.programmes.fields import FIELDS
from app.programmes.models import Call
from app.programmes.voice import all_programmes, name_of
from app.web.forms import (
    AtMost,
    Between,
    DateField,
    Form,
    InstantField,
    Required,
    Row,
    VersionField,
    WholeNumberField,
    half_width,
)
from app.web.i18n import shown_date


class CriterionForm(Row):
    label = StringField(_l("Criterion"), [AtMost(100)])
    description = StringField(_l("What is looked at"), [AtMost(1000)])
    weight = WholeNumberField(_l("Weight"), [Optional(), Between(1, 100)], default=1, filters=[half_width])


class CallForm(Form):
    """Everything about a call that officers set: its fields (fields.py), and rows of criteria."""

    version = VersionField()
    criteria = FieldList(FormField(CriterionForm), label=_l("Criteria"), max_entries=30)

    def validate_closes_at(self, field: InstantField) -> None:
        opens_at = self["opens_at"].data
        if field.data and opens_at and field.data <= opens_at:
            raise ValidationError(_("It must close after it opens."))

    def add_row(self, to: str | None) -> bool:
        """One more empty row, asked for by a button so that it works without JavaScript; whether it was asked."""
        if to != "criteria":
            return False
        self.criteria.append_entry()
        return True

    def values(self) -> dict[str, Any]:
        """The call's fields and rows, as the operations take them."""
        return {
            **{name: self[name].data for name in FIELDS},
            "criteria": [_criterion(row) for row in self.criteria.data if row["label"]],
        }


for _name, _asked in FIELDS.items():  # whatever stands there is asked
    setattr(CallForm, _name, _asked.field)


class CallAmongProgrammesForm(CallForm):
    """Where there are several programmes, it is asked whose call it is."""

    programme_id = SelectField(_l("Programme"), [Required()], coerce=int)

    def values(self) -> dict[str, Any]:
        chosen = next(it for it in all_programmes() if it.id == self.programme_id.data)
        return {"programme": chosen, **super().values()}


def call_form(call: Call | None = None) -> CallForm:
    """The form of a call that is drafted, with the programme's own criteria, or of `call`."""
    programmes = all_programmes()
    begun = {} if call else {"criteria": default_criteria()}
    if len(programmes) < 2:
        return CallForm(obj=call, data=begun)
    form = CallAmongProgrammesForm(obj=call, data=begun)
    form.programme_id.choices = [(it.id, name_of(it)) for it in programmes]
    return form


class NewProgrammeForm(Form):
    """What a programme says of itself, in the order of the page, in which what is wrong is listed too."""

    version = VersionField()
    name = StringField(_l("Name of the programme"), [Required(), AtMost(200)])
    name_en = StringField(
        _l("Name in English"), [Required(), AtMost(200)], description=_l("Shown on the pages in English.")
    )
    key: Any = StringField(
        _l("Name in addresses"),
        [
            Required(),
            AtMost(40),
            Regexp(r"^[a-z][a-z0-9-]*$", message=_l("Use small letters, digits and hyphens.")),
        ],
        description=_l("In the addresses of its projects and in open data, such as future-tech. It stays."),
        filters=[half_width],
    )
    ministry = StringField(_l("Ministry"), [Required(), AtMost(100)])
    ministry_en = StringField(_l("Ministry in English"), [Required(), AtMost(100)])
    bureau = StringField(_l("Bureau"), [Required(), AtMost(100)])
    bureau_en = StringField(_l("Bureau in English"), [Required(), AtMost(200)])
    issuer = StringField(
        _l("Who signs its letters"),
        [Required(), AtMost(100)],
        description=_l("As it stands at the head of a letter, such as 内閣府地方創生推進事務局長."),
    )
    mark = StringField(
        _l("Mark of its document numbers"),
        [
            Required(),
            AtMost(20),
            Regexp(r"^[^\d\s第号]+$", message=_l("Write the mark alone, without digits, 第 and 号.")),
        ],
        description=_l(
            "未技 makes 4未技第1号. Each mark has numbers of its own: with another mark the next letter begins at 1."
        ),
    )
    sender = StringField(
        _l("Name of the sender of its mails"),
        [Required(), AtMost(100)],
        description=_l("It stands before the address that all mails of this system come from."),
    )
    section = StringField(
        _l("Section that answers"),
        [Required(), AtMost(100)],
        description=_l("As letters, mails and the contact page name it."),
    )
    contact_address = StringField(_l("Mail address"), [Required(), Address()], filters=[half_width])
    contact_telephone = StringField(
        _l("Telephone"),
        [AtMost(40)],
        description=_l("Where it is empty none is given."),
        filters=[half_width],
    )
    contact_hours = StringField(_l("Hours"), [AtMost(200)])
    access_days = WholeNumberField(
        _l("Working days until a first seat is given"),
        [Required(), Between(1, 60)],
        default=5,
        description=_l("As the page on the first seat tells local governments."),
        filters=[half_width],
    )

    def values(self) -> dict[str, Any]:
        """The programme's columns."""
        return {name: data or "" for name, data in self.data.items() if name not in ("version", "csrf_token")}


class ProgrammeForm(NewProgrammeForm):
    """Of one that there is: what its public addresses call it was said once, when it began."""

    key = None


class ItemForm(Row):
    """One item of the checklist; a row left empty is left out."""

    key = HiddenField()  # of an item that was there already
    label = StringField(_l("Item"), [AtMost(200)])
    help = StringField(_l("What officers look at"), [AtMost(1000)])


class ChecklistForm(Form):
    version = VersionField()
    items = FieldList(FormField(ItemForm), label=_l("Checklist"), max_entries=ITEMS_MAX)

    def add_row(self, to: str | None) -> bool:
        """One more empty row, asked for by a button so that it works without JavaScript; whether it was asked."""
        if to != "items" or len(self.items.entries) >= ITEMS_MAX:
            return False
        self.items.append_entry()
        return True

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [row for row in self.items.data if row["label"]]


class DeadlineForm(Form):
    closes_at = InstantField(_l("New closing time"), [Required()])
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("Shown to everybody with the call.")
    )

    call: Call

    def validate_closes_at(self, field: InstantField) -> None:
        if field.data and self.call.closes_at and field.data <= max(self.call.closes_at, calendar.now()):
            raise ValidationError(
                _("The new closing time must be later than the present one, and in the future.")
            )


class ExtensionDeadlineForm(Form):
    due_on = DateField(
        _l("Extensions are asked for until"),
        [Required()],
        description=_l("A day of the last base year; what became of them is recorded before March."),
    )

    call: Call

    def validate_due_on(self, field: DateField) -> None:
        if field.data and field.data < calendar.today():
            raise ValidationError(_("This day has passed already."))
        last = self.call.base_end
        if field.data and calendar.fiscal_year(field.data) != calendar.fiscal_year(last):
            first = calendar.fiscal_year_start(calendar.fiscal_year(last))
            raise ValidationError(
                _("Write a day from %(first)s to %(last)s.", first=shown_date(first), last=shown_date(last))
            )


class PublishForm(Form):
    """Nothing to enter: the page shows the whole call once more."""


class ClarificationForm(Form):
    """`version` is that which the page was filled from, of one that is edited."""

    version = VersionField()
    question = TextAreaField(
        _l("Question (for everybody)"),
        [Required(), AtMost(1000)],
        description=_l("Everybody reads it: take out names, and whatever tells who asked."),
    )
    answer = TextAreaField(_l("Answer"), [Required(), AtMost(4000)])


class ClarificationWithdrawalForm(Form):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("Shown to everybody with the call.")
    )


class PlaceForm(Form):
    """What the arrows beside a question and its answer send."""

    to = HiddenField()


class CopyForm(Form):
    earlier = RadioField(_l("Call whose form is taken over"), [Required(_l("Choose a call."))], coerce=int)


def _criterion(row: dict[str, Any]) -> dict[str, Any]:
    return {"label": row["label"], "description": row["description"] or "", "weight": row["weight"] or 1}
