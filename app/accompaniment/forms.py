"""The forms of the log, of obstacles and of knowledge."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app import calendar
from app.accompaniment.labels import ENTRY_LABELS, OBSTACLE_LABELS, SIDE_LABELS, in_words
from app.accompaniment.models import OF_MINISTRY
from app.accompaniment.obstacles import ministries
from app.programmes.technologies import TECHNOLOGIES
from app.web.forms import AtMost, DateField, Form, Required, VersionField, choices

LONGEST = 4000  # characters of what was said, of an obstacle, of an answer


class EntryForm(Form):
    """`version` is that which the page was filled from, of an entry that is corrected."""

    version = VersionField()
    held_on = DateField(_l("Day"), [Required()])
    entry_kind = RadioField(_l("Kind"), [Required(_l("Choose what it was."))])
    participants = StringField(
        _l("Who took part"),
        [AtMost(300)],
        description=_l("Bodies, sections and names, parted by commas (、)."),
    )
    text = TextAreaField(_l("What was done and said"), [Required(), AtMost(LONGEST)])
    next_step = TextAreaField(_l("Next step"), [AtMost(1000)])

    @classmethod
    def fresh(cls, **values: Any) -> EntryForm:
        form = cls(**values)
        form.entry_kind.choices = choices(in_words(ENTRY_LABELS))
        return form

    @property
    def words(self) -> dict[str, Any]:
        names = ("held_on", "entry_kind", "participants", "text", "next_step")
        return {name: self[name].data or ("" if name != "held_on" else None) for name in names}

    def validate_held_on(self, field: DateField) -> None:
        if field.data and field.data > calendar.today():
            raise ValidationError(_("Write it down once it has taken place; this day is still to come."))


class OfficeEntryForm(EntryForm):
    """As the office writes one."""

    within_office = BooleanField(
        _l("Within the office"),
        description=_l(
            "Neither the local governments nor a ministry read it. It can be shown to them later."
        ),
    )


class InternalEntryForm(EntryForm):
    """One that is within the office."""

    shown = BooleanField(
        _l("Show it to the local governments and ministries from now on"),
        description=_l(
            "Its earlier wordings stay within the office. It cannot be taken back within the office."
        ),
    )


class WithdrawalForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("Stands in the log in the place of the entry."),
    )


class ObstacleForm(Form):
    version = VersionField()
    title = StringField(
        _l("Obstacle"),
        [Required(), AtMost(100)],
        description=_l("In a few words, by which it is known in lists and mails."),
    )
    obstacle_kind = RadioField(_l("Kind"), [Required(_l("Choose what it is about."))])
    text = TextAreaField(_l("What it is"), [Required(), AtMost(LONGEST)])
    ministry_id = SelectField(
        _l("Ministry concerned"), description=_l("Whose rule or business it is, if any.")
    )
    acts = RadioField(_l("Who must act"), [Required(_l("Choose who must act."))])
    acts_name = StringField(_l("Section or name"), [AtMost(200)])
    due_on = DateField(_l("By when"), [Required()])
    keeps: date | None = None  # the day that it has already, which may have passed

    @classmethod
    def fresh(cls, **values: Any) -> ObstacleForm:
        form = cls(**values)
        form.obstacle_kind.choices = choices(in_words(OBSTACLE_LABELS))
        form.acts.choices = choices(in_words(SIDE_LABELS))
        known = {str(key): name for key, name in ministries().items()}
        form.ministry_id.choices = choices({"": _("None"), **known})
        return form

    @property
    def facts(self) -> dict[str, Any]:
        chosen = self.ministry_id.data
        return {
            "title": self.title.data,
            "obstacle_kind": self.obstacle_kind.data,
            "text": self.text.data,
            "ministry_id": int(chosen) if chosen else None,
            "acts": self.acts.data,
            "acts_name": self.acts_name.data or "",
            "due_on": self.due_on.data,
        }

    def validate_ministry_id(self, field: SelectField) -> None:
        if self.acts.data == OF_MINISTRY and not field.data:
            raise ValidationError(_("Choose the ministry that must act."))

    def validate_due_on(self, field: DateField) -> None:
        if field.data and field.data != self.keeps:
            _refuse_past(field.data)


class OutcomeForm(Form):
    outcome = TextAreaField(_l("How it was resolved"), [Required(), AtMost(LONGEST)])


class GivingUpForm(Form):
    outcome = TextAreaField(_l("Why it is given up, and what is done instead"), [Required(), AtMost(LONGEST)])


class ReopeningForm(Form):
    reason = TextAreaField(_l("Reason"), [Required(), AtMost(1000)])
    due_on = DateField(_l("By when"), [Required()])

    def validate_due_on(self, field: DateField) -> None:
        if field.data:
            _refuse_past(field.data)


def _refuse_past(due_on: date) -> None:
    if due_on < calendar.today():
        raise ValidationError(_("The day by which to act has passed already."))


class KnowledgeForm(Form):
    """`named` is the mark of the names that the page has shown, which alone `confirmed` is about."""

    version = VersionField()
    named = HiddenField()
    topic = RadioField(_l("What it is about"), [Required(_l("Choose what it is about."))])
    question = StringField(
        _l("Question or obstacle"),
        [Required(), AtMost(300)],
        description=_l(
            "As any local government could ask it: without names, and without what tells whose it was."
        ),
    )
    answer = TextAreaField(_l("What was learnt"), [Required(), AtMost(LONGEST)])
    technologies = SelectMultipleField(
        _l("Technology"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        choices=choices({name: name for name in TECHNOLOGIES}),
    )
    confirmed = BooleanField(_l("I have read the text: these words tell nobody whose project it was"))

    @classmethod
    def fresh(cls, **values: Any) -> KnowledgeForm:
        form = cls(**values)
        form.topic.choices = choices(in_words(OBSTACLE_LABELS))
        return form

    @property
    def words(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("topic", "question", "answer", "technologies")}

    def confirms(self, names: Sequence[str]) -> bool:
        """Whether these were shown and confirmed, and no others."""
        return bool(self.confirmed.data) and self.named.data == mark_of(names)


def mark_of(names: Sequence[str]) -> str:
    """Tells names that were shown from others."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:16]


class KnowledgeWithdrawalForm(Form):
    reason = TextAreaField(_l("Reason"), [Required(), AtMost(1000)], description=_l("Kept for the office."))
