"""The forms with which a form is edited: a section's words, and a question with the settings of its kind.

Whoever edits brings the pages around them, and says what a question may not give up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import ValidationError

from app.questions.definition import Condition, Definition, Question, Section, Words
from app.questions.editing import mark_of, standing_before
from app.questions.kind import Kind
from app.questions.kinds import KINDS
from app.web.forms import AtMost, Form, Required, choices

LABEL_MAX, HELP_MAX = 200, 1000
SEEN_MAX = 40
FALLBACK = "long_text"
_BETWEEN = "="  # a key holds none


class SectionWordsForm(Form):
    """`seen` is the mark of the wording that the page was filled from."""

    seen = HiddenField()
    label_ja = StringField(_l("Name of the section"), [Required(), AtMost(LABEL_MAX)])
    label_en = StringField(
        _l("Name of the section in English"),
        [AtMost(LABEL_MAX)],
        description=_l("Where it is empty the pages in English show the Japanese."),
    )
    help_ja = TextAreaField(_l("Guidance"), [AtMost(HELP_MAX)])
    help_en = TextAreaField(_l("Guidance in English"), [AtMost(HELP_MAX)])

    @property
    def label(self) -> Words:
        return Words(self.label_ja.data or "", self.label_en.data or "")

    @property
    def guidance(self) -> Words:
        return Words(self.help_ja.data or "", self.help_en.data or "")


class KindForm(Form):
    """Which kind of question is added. Nothing is changed yet: it is sent by GET."""

    class Meta(Form.Meta):
        csrf = False

    kind = SelectField(_l("Kind of question"), [Required()], validate_choice=False)


class QuestionForm(Form):
    """What every question has; `settings` of its kind come with `question_form`."""

    seen = HiddenField()
    label_ja = StringField(_l("Question"), [Required(), AtMost(LABEL_MAX)])
    label_en = StringField(
        _l("Question in English"),
        [AtMost(LABEL_MAX)],
        description=_l("Where it is empty the pages in English show the Japanese."),
    )
    help_ja = TextAreaField(_l("What to write"), [AtMost(HELP_MAX)])
    help_en = TextAreaField(_l("What to write, in English"), [AtMost(HELP_MAX)])
    section = SelectField(_l("Section"), [Required()])
    required: Any = BooleanField(_l("Required"))
    criterion = SelectField(_l("Criterion that it serves"))
    condition: Any = SelectMultipleField(
        _l("Asked only if one of these is answered"),
        description=_l(
            "Answers to one question that stands before this one. With none ticked it is always asked."
        ),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
    )

    asked_kind: str
    before: Question | None

    def validate_condition(self, field: SelectMultipleField) -> None:
        if len({_parted(it)[0] for it in field.data or ()}) > 1:
            raise ValidationError(_("Tick answers to one question alone."))

    def question(self, key: str) -> Question:
        """The question as the entries have it."""
        kind, before = KINDS[self.asked_kind], self.before
        settings = dict(before.settings) if before else {}
        if "settings" in self:
            settings = kind.settings_of(self["settings"].data, settings)
        return Question(
            key=key,
            kind=self.asked_kind,
            label=Words(self.label_ja.data or "", self.label_en.data or ""),
            help=Words(self.help_ja.data or "", self.help_en.data or ""),
            required=bool(self.required.data) if self.required else bool(before and before.required),
            settings=settings,
            criterion=self.criterion.data or "",
            condition=self._condition() if self.condition else None,
            entry=before.entry if before else "",
            words=before.words if before else {},
        )

    def _condition(self) -> Condition | None:
        pairs = [_parted(it) for it in self.condition.data or ()]
        return Condition(pairs[0][0], tuple(answer for _key, answer in pairs)) if pairs else None

    def mark(self, faults: Sequence[str]) -> None:
        """Say what is wrong with the question as a whole."""
        self.label_ja.errors = [*self.label_ja.errors, *faults]


def question_form(
    form: Definition,
    section: str,
    kind: type[Kind],
    question: Question | None = None,
    *,
    criteria: Sequence[str] = (),
    needed: bool = False,
) -> QuestionForm:
    """The form of a question, or of a new one (None) of this kind; of one that is `needed`, without what it cannot give up."""
    fields: dict[str, Any] = {}
    if set(kind.settings_form()._fields):
        fields["settings"] = FormField(kind.settings_form, label=_("Settings"))
    if needed:
        fields |= {"required": None, "condition": None}
    made = type(f"QuestionForm_{kind.name}", (QuestionForm,), fields)(data=_filled(section, kind, question))
    made.asked_kind, made.before = kind.name, question
    if not made.is_submitted():
        made.seen.data = mark_of(question) if question else ""
    made.section.choices = [(it.key, str(it.label)) for it in form.sections]
    named = list(
        dict.fromkeys([*criteria, *([question.criterion] if question and question.criterion else [])])
    )
    made.criterion.choices = [("", _("None")), *((name, name) for name in named)]
    if made.condition:
        made.condition.choices = choices(_answers(form, section, question))
    if "settings" in made and "columns" in made["settings"].form:
        made["settings"].form.columns.append_entry()  # a row to write in
    return made


def words_form(section: Section | None = None) -> SectionWordsForm:
    filled = _words(section.label, section.help) if section else {}
    made = SectionWordsForm(data=filled)
    if section and not made.is_submitted():
        made.seen.data = mark_of(section)
    return made


def kind_form() -> KindForm:
    made = KindForm(kind=FALLBACK)
    made.kind.choices = [(name, _(kind.label)) for name, kind in KINDS.items()]
    return made


def told_words(label: Words, guidance: Words) -> list[tuple[str, str]]:
    """(name of the entry, what is saved) of a section's words, for a page that sets them beside what was typed."""
    form = SectionWordsForm(formdata=None, data=_words(label, guidance))
    return [(field.label.text, field.data) for field in form if field.name in _words(label, guidance)]


def _filled(section: str, kind: type[Kind], question: Question | None) -> dict[str, Any]:
    if question is None:
        settings = kind.settings_entries({})
        return {"section": section, "required": True, "settings": settings}
    condition = question.condition
    return {
        **_words(question.label, question.help),
        "section": section,
        "required": question.required,
        "criterion": question.criterion,
        "condition": [f"{condition.question}{_BETWEEN}{it}" for it in condition.answers] if condition else [],
        "settings": kind.settings_entries(question.settings),
    }


def _words(label: Words, guidance: Words) -> dict[str, str]:
    return {"label_ja": label.ja, "label_en": label.en, "help_ja": guidance.ja, "help_en": guidance.en}


def _answers(form: Definition, section: str, question: Question | None) -> dict[str, str]:
    """What may be ticked: the answers to what stands before, and those that are ticked now."""
    found = {
        f"{it.key}{_BETWEEN}{choice}": _(
            "“%(question)s”: %(answer)s", question=str(it.label), answer=it.asked.shown_choice(choice)
        )
        for it in standing_before(form, question.key if question else None, section)
        for choice in it.asked.choices_for_conditions()
    }
    if question and (now := question.condition):
        for answer in now.answers:
            found.setdefault(f"{now.question}{_BETWEEN}{answer}", f"{now.question}: {answer}")
    return found


def _parted(ticked: str) -> tuple[str, str]:
    key, _between, answer = ticked.partition(_BETWEEN)
    return key, answer
