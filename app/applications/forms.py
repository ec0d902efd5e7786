"""The forms of an application. A draft may be saved unfinished; "Save and go on" asks for what is required."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, ValidationError

from app import calendar
from app.applications.models import Application
from app.applications.sections import (
    OTHER_TECHNOLOGIES_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    WHOLE,
    section_keys,
    whole_label,
)
from app.programmes.models import TECHNOLOGIES, Question
from app.web.forms import AtMost, Form, InstantField, Required, VersionField, choices

DEFECT_MAX = 1000


class StartForm(Form):
    """A body that has applied already says that it means another project."""

    another = BooleanField(
        _l("This is another project than those above"),
        [InputRequired(_l("Tick this if you mean another project."))],
    )


class BasicsForm(Form):
    version = VersionField()
    title = StringField(_l("Title of the project"), [Required(), AtMost(TITLE_MAX)])
    summary = TextAreaField(
        _l("Summary"),
        [Required(), AtMost(SUMMARY_MAX)],
        description=_l(
            "What you want to solve, with which technology, and where: so that a reader knows it at once."
        ),
    )


class TechnologiesForm(Form):
    version = VersionField()
    technologies = SelectMultipleField(
        _l("Technologies"),
        choices=choices({name: name for name in TECHNOLOGIES}),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    technologies_etc = BooleanField(
        _l("And others (等)"), description=_l("Tick this if there are more than those named here.")
    )
    technologies_other = StringField(
        _l("Technologies that are not in the list"),
        [AtMost(OTHER_TECHNOLOGIES_MAX)],
        description=_l("Separate them with 、"),
    )

    def validate_technologies(self, field: SelectMultipleField) -> None:
        if not field.data and not self.technologies_other.data:
            raise ValidationError(_("Choose at least one technology, or name another."))


class AnswerForm(Form):
    version = VersionField()
    text = TextAreaField()


def answer_form(question: Question) -> AnswerForm:
    """The form of one of the call's questions, with its words and its limit."""

    class Asked(AnswerForm):
        text = TextAreaField(
            question.label,
            [*([Required()] if question.required else []), AtMost(question.max_chars)],
            description=question.hint,
        )

    return Asked()


class FileForm(Form):
    file = FileField(_l("Choose a file"))


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


class AcceptanceForm(Form):
    """`seen` is the instant as of which the officer saw what is accepted."""

    seen = HiddenField()

    @property
    def seen_at(self) -> datetime | None:
        try:
            seen = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return seen if seen.tzinfo else None


class ReturnForm(Form):
    due_at = InstantField(
        _l("To be resubmitted before"),
        [Required()],
        description=_l(
            "An instant: what arrives at it or later is refused. It may lie after the call has closed."
        ),
    )

    def validate_due_at(self, field: InstantField) -> None:
        if field.data and field.data <= calendar.now():
            raise ValidationError(_("Choose a time in the future."))

    @property
    def defects(self) -> dict[str, str]:
        """Section key → what is wrong there, for those that something was written about."""
        return {
            field.name.removeprefix(_DEFECT): field.data
            for field in self
            if field.name.startswith(_DEFECT) and field.data
        }

    @property
    def defect_fields(self) -> list[Any]:
        return [field for field in self if field.name.startswith(_DEFECT)]


def return_form(application: Application) -> ReturnForm:
    """One box for each section of this application, and one for the whole."""
    boxes = {
        _DEFECT + key: TextAreaField(label, [AtMost(DEFECT_MAX)])
        for key, label in {**section_keys(application), WHOLE: whole_label()}.items()
    }
    return type("ReturnOfThis", (ReturnForm,), boxes)()


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
