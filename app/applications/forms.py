"""The forms around an application: handing in, sending back, returning. What it answers: app/questions/forms.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, ValidationError

from app import calendar
from app.applications.correcting import name_of
from app.applications.models import Application
from app.applications.sections import WHOLE, whole_words
from app.web.forms import AtMost, Form, InstantField, Required, choices
from app.web.i18n import shown_instant

DEFECT_MAX = 1000
NOTE_MAX = 4000
CHECK = "check-"  # begins the name of an entry of the checklist
OFFERED_DAYS = (5, 10)  # business days that an applicant is usually given
END_OF_BUSINESS = time(17)
OTHER = "other"
FORM_ITSELF = "*"  # no key of a section
MOST_SEEN = 500


class StartForm(Form):
    """A body that has applied already says that it means another project."""

    another = BooleanField(
        _l("This is another project than those above"),
        [InputRequired(_l("Tick this if you mean another project."))],
    )


class FileForm(Form):
    file = FileField(_l("Choose a file"))


class WorkbookForm(Form):
    file = FileField(_l("Choose the filled form (.xlsx)"))


class TakeForm(Form):
    """What is to be saved of an uploaded form. `seen` is what the page was made from: the versions of its sections."""

    take = SelectMultipleField(
        _l("To be saved"),
        choices=[],
        validate_choice=False,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    seen = HiddenField()

    def remember(self, versions: Mapping[str, int], number: int) -> None:
        """Note in the page what it was made from, so that what is saved meanwhile is not overwritten."""
        pairs = {FORM_ITSELF: number, **versions}
        self.seen.data, self.seen.raw_data = " ".join(f"{key}={it}" for key, it in pairs.items()), None

    @property
    def versions(self) -> dict[str, int]:
        """The version of each section that the page was made from, by its key."""
        pairs = [it.partition("=") for it in (self.seen.data or "").split()[:MOST_SEEN]]
        return {
            key: int(number)
            for key, _is, number in pairs
            if number.isascii() and number.isdecimal() and len(number) < 10
        }

    @property
    def form_number(self) -> int | None:
        return self.versions.get(FORM_ITSELF)


class SubmissionForm(Form):
    """`seen` is the fingerprint of what the approver read."""

    seen = HiddenField()


class WithdrawalForm(Form):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("It is told to the Cabinet Office.")
    )


class SendingBackForm(Form):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("The editor reads it word for word.")
    )


class DecliningForm(Form):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("The lead applicant reads it word for word.")
    )


class AcceptanceForm(Form):
    """`seen` is the instant as of which the officer saw what is accepted; `confirmed`: also with items open."""

    seen = HiddenField()
    confirmed = HiddenField()

    @property
    def is_confirmed(self) -> bool:
        return bool(self.confirmed.data)

    @property
    def seen_at(self) -> datetime | None:
        return _instant(self.seen.data)


class PublishFormForm(Form):
    """`seen` is the mark of the form that was compared before it is published."""

    seen = HiddenField()


class LookedForm(Form):
    """`number` is that of the version whose changes were looked at."""

    number = HiddenField()


class NoteForm(Form):
    text = TextAreaField(_l("Internal note"), [Required(), AtMost(NOTE_MAX)])


class ReturnForm(AcceptanceForm):
    """Until when, as one of the days that are offered or as any instant; and the remarks, a box for each question.

    An offered day is sent as the instant that was shown: it counts also when the page is sent the day after.
    """

    due_in = RadioField(
        _l("To be resubmitted before"),
        validate_choice=False,
        description=_l(
            "An instant: what arrives at it or later is refused. It may lie after the call has closed."
        ),
    )
    due_at = InstantField(_l("Date and time"), description=_l("Only if you enter a date and time yourself."))

    @property
    def due(self) -> datetime | None:
        """The instant in a valid form."""
        return self.due_at.data if self._own_time else _instant(self.due_in.data)

    @property
    def _own_time(self) -> bool:
        typed = any(self.due_at.raw_data or ())
        return self.due_in.data == OTHER or (typed and not self.due_in.data)

    def validate_due_in(self, field: RadioField) -> None:
        due = _instant(field.data)
        if not self._own_time and (due is None or due <= calendar.now()):
            raise ValidationError(_("Choose until when it is to be resubmitted."))

    def validate_due_at(self, field: InstantField) -> None:
        if field.process_errors:
            return  # what could not be read is told already
        if not self._own_time:
            if field.data:
                raise ValidationError(
                    _("For this time choose “Enter a date and time” above, or take it away.")
                )
        elif not field.data:
            raise ValidationError(_("Enter this; it is required."))
        elif field.data <= calendar.now():
            raise ValidationError(_("Choose a time in the future."))

    @property
    def boxes(self) -> dict[str, Any]:
        """Question's key → the box for what is wrong there."""
        return {field.name.removeprefix(_DEFECT): field for field in self if field.name.startswith(_DEFECT)}

    @property
    def defects(self) -> dict[str, str]:
        """Question's key → what is wrong there, for those that something was written about."""
        return {key: box.data for key, box in self.boxes.items() if box.data}


def return_form(application: Application) -> ReturnForm:
    """One box for each question that was answered to, and one for the whole; the first of the offered days is chosen."""
    boxes = {
        _DEFECT + key: TextAreaField(label, [AtMost(DEFECT_MAX)])
        for key, label in {**_asked_for(application), WHOLE: str(whole_words())}.items()
    }
    form = type("ReturnOfThis", (ReturnForm,), boxes)()
    offered = _offered_days()
    form.due_in.choices = choices({**offered, OTHER: _("Enter a date and time")})
    if not form.is_submitted():
        form.due_in.data = next(iter(offered))
    return form


def _asked_for(application: Application) -> dict[str, str]:
    """The questions of the form that the last submission was asked: what the form asks no more, nobody can mend."""
    last, form = application.last_submission, application.answered.form
    sections = last.said.sections if last else []
    return {
        answer.key: str(name_of(section, answer))
        for section in sections
        for answer in section.answers
        if answer.key in form.questions
    }


def _offered_days() -> dict[str, str]:
    """The end of business some business days from now: the instant → what it is called."""
    offered = {}
    for days in OFFERED_DAYS:
        day = calendar.business_days_after(calendar.now(), days)
        due = datetime.combine(day, END_OF_BUSINESS, calendar.JST)
        offered[due.isoformat()] = _(
            "In %(days)s business days (%(instant)s)", days=days, instant=shown_instant(due)
        )
    return offered


def _instant(text: str | None) -> datetime | None:
    """An instant as our own pages write it; None for anything else."""
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return instant if instant.tzinfo else None


class CorrectionDueForm(Form):
    due_at = InstantField(_l("New due time"), [Required()])
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("It is told to the applicant.")
    )

    was: Any = None

    def validate_due_at(self, field: InstantField) -> None:
        if field.data and field.data <= max(self.was, calendar.now()):
            raise ValidationError(_("The new time must be later than the present one, and in the future."))


_DEFECT = "defect-"
