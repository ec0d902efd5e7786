"""The form by which an office returns what was handed in: a box for each question, and until when it is to come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.questions.content import AnsweredContent
from app.questions.correcting import WHOLE, name_of
from app.questions.definition import Definition
from app.questions.freezing import Difference, FrozenAnswer
from app.web.forms import AtMost, Form, InstantField, choices
from app.web.i18n import shown_instant

DEFECT_MAX = 1000
OFFERED_DAYS = (5, 10)  # business days that are usually given
END_OF_BUSINESS = time(17)
OTHER = "other"
_DEFECT = "defect-"


class SeenForm(Form):
    """`seen` is the instant as of which the office saw what it decides on."""

    seen = HiddenField()

    @property
    def seen_at(self) -> datetime | None:
        return _instant(self.seen.data)


class ReturnForm(SeenForm):
    """Until when, as one of the days that are offered or as any instant; and the remarks, a box for each question.

    An offered day is sent as the instant that was shown: it counts also when the page is sent the day after.
    """

    due_in = RadioField(_l("To be resubmitted before"), validate_choice=False)
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


def return_form(
    handed_in: AnsweredContent | None,
    form: Definition,
    *,
    whole: str,
    until: str,
    base: type[ReturnForm] = ReturnForm,
) -> ReturnForm:
    """One box for each question that was handed in, and one for the whole; the first of the offered days is chosen.

    `whole` is what all of it is called, `until` what is told of the due instant.
    """
    asked = {**_asked_for(handed_in, form), WHOLE: whole}
    boxes = {_DEFECT + key: TextAreaField(label, [AtMost(DEFECT_MAX)]) for key, label in asked.items()}
    made = type("ReturnOfThis", (base,), boxes)()
    made.due_in.description = until
    offered = _offered_days()
    made.due_in.choices = choices({**offered, OTHER: _("Enter a date and time")})
    if not made.is_submitted():
        made.due_in.data = next(iter(offered))
    return made


@dataclass(frozen=True)
class Part:
    """A question as it was answered, beside the box for what is wrong with the answer."""

    key: str
    label: str
    box: Any
    answer: FrozenAnswer | None = None  # none for the whole
    asked_before: str = ""  # what the office had asked for here the time before
    before: Difference | None = None  # what was changed since it was handed in before


def parts_of(
    handed_in: AnsweredContent | None,
    form: ReturnForm,
    *,
    earlier: Mapping[str, str],
    changes: Iterable[Difference],
) -> list[Part]:
    """The questions in the order of the form, each with its box, and last of all the whole."""
    changed = {it.key: it for it in changes}
    found = []
    for section in handed_in.sections if handed_in else ():
        for answer in section.answers:
            if box := form.boxes.get(answer.key):
                label = str(box.label.text)
                asked = earlier.get(answer.key) or earlier.get(section.key, "")
                found.append(Part(answer.key, label, box, answer, asked, changed.get(answer.key)))
    whole = form.boxes[WHOLE]
    return [*found, Part(WHOLE, str(whole.label.text), whole, asked_before=earlier.get(WHOLE, ""))]


def _asked_for(handed_in: AnsweredContent | None, form: Definition) -> dict[str, str]:
    """The questions of the form that were handed in: what the form asks no more, nobody can mend."""
    return {
        answer.key: str(name_of(section, answer))
        for section in (handed_in.sections if handed_in else ())
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
