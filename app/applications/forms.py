"""The forms around an application: handing in, sending back, returning. What it answers: app/questions/forms.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    SelectMultipleField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, ValidationError

from app import calendar
from app.applications.models import Application
from app.applications.sections import whole_words
from app.questions import returning
from app.questions.returning import ReturnForm, SeenForm
from app.web.forms import AtMost, Form, InstantField, Required

NOTE_MAX = 4000
CHECK = "check-"  # begins the name of an entry of the checklist
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


class AcceptanceForm(SeenForm):
    """`confirmed`: also with items of the checklist open."""

    confirmed = HiddenField()

    @property
    def is_confirmed(self) -> bool:
        return bool(self.confirmed.data)


class PublishFormForm(Form):
    """`seen` is the mark of the form that was compared before it is published."""

    seen = HiddenField()


class LookedForm(Form):
    """`number` is that of the version whose changes were looked at."""

    number = HiddenField()


class NoteForm(Form):
    text = TextAreaField(_l("Internal note"), [Required(), AtMost(NOTE_MAX)])


def return_form(application: Application) -> ReturnForm:
    """One box for each question that was answered to, and one for the whole."""
    last = application.last_submission
    return returning.return_form(
        last.said if last else None,
        application.answered.form,
        whole=str(whole_words()),
        until=_("An instant: what arrives at it or later is refused. It may lie after the call has closed."),
    )


class CorrectionDueForm(Form):
    due_at = InstantField(_l("New due time"), [Required()])
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(1000)], description=_l("It is told to the applicant.")
    )

    was: Any = None

    def validate_due_at(self, field: InstantField) -> None:
        if field.data and field.data <= max(self.was, calendar.now()):
            raise ValidationError(_("The new time must be later than the present one, and in the future."))
