"""The forms of officers: a survey, its times, reasons."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField

from app import calendar
from app.programmes.models import Programme
from app.programmes.operations import the_programme
from app.programmes.voice import all_programmes, name_of
from app.surveys.models import TEXT_MAX, TITLE_MAX, Survey
from app.surveys.operations import EMPTY, FIELDS, PROBLEMS, to_copy_from
from app.surveys.problems import TITLE
from app.web.forms import (
    AtMost,
    Between,
    Form,
    InstantField,
    Required,
    VersionField,
    WholeNumberField,
    choices,
    half_width,
)
from app.web.i18n import shown_fiscal_year

FIRST_YEAR, LAST_YEAR = 2018, 2100
COPY = "copy-"


class SurveyForm(Form):
    version = VersionField()
    title = StringField(_l("Title of the survey"), [Required(), AtMost(TITLE_MAX)])
    fiscal_year = WholeNumberField(
        _l("Fiscal year of the survey"),
        [Required(), Between(FIRST_YEAR, LAST_YEAR)],
        description=_l("The Western year, such as 2022 for 令和4年度."),
        filters=[half_width],
    )
    selected_until = WholeNumberField(
        _l("Asked are projects selected up to fiscal year"),
        [Required(), Between(FIRST_YEAR, LAST_YEAR)],
        description=_l("And under support on the day it is opened. The Western year."),
        filters=[half_width],
    )
    introduction = TextAreaField(
        _l("What bodies are told"),
        [AtMost(TEXT_MAX)],
        description=_l("It stands above the questions: what the answers are for, and what is published."),
    )

    @property
    def values(self) -> dict[str, Any]:
        return {
            name: self[name].data or ("" if name in ("title", "introduction") else None) for name in FIELDS
        }


class NewSurveyForm(SurveyForm):
    start = RadioField(_l("What it asks to begin with"), [Required(_l("Choose one."))])

    @property
    def before(self) -> Survey | None:
        """The survey that is taken over, if one was chosen."""
        return next((it for it in to_copy_from() if self.start.data == f"{COPY}{it.id}"), None)

    @property
    def programme(self) -> Programme:
        return the_programme()


class NewAmongProgrammesForm(NewSurveyForm):
    programme_id = SelectField(_l("Programme"), [Required()], coerce=int)

    @property
    def programme(self) -> Programme:
        return next(it for it in all_programmes() if it.id == self.programme_id.data)

    def validate_start(self, field: RadioField) -> None:
        before = self.before
        if before is not None and before.programme_id != self.programme_id.data:
            field.errors = [
                *field.errors,
                _("That survey is another programme's: choose one of this programme."),
            ]


def new_survey_form() -> NewSurveyForm:
    """Filled for this fiscal year, with the problems of the programme chosen."""
    programmes, year = all_programmes(), calendar.fiscal_year(calendar.today())
    earlier = to_copy_from()
    offered: dict[str, Any] = {PROBLEMS: _("The problems of the programme, and what holds initiatives up")}
    offered |= {
        f"{COPY}{it.id}": _("As asked before: %(title)s (%(year)s)", title=it.title, year=shown_fiscal_year(it.fiscal_year))
        for it in earlier
    }  # fmt: skip
    offered[EMPTY] = _("Nothing yet: write the questions")
    filled = {
        "title": f"{calendar.era_fiscal_year(year)} {TITLE}",
        "fiscal_year": year,
        "selected_until": year - 1,
        "start": PROBLEMS,
    }
    several = len(programmes) > 1
    form = NewAmongProgrammesForm(data=filled) if several else NewSurveyForm(data=filled)
    form.start.choices = choices(offered)
    if isinstance(form, NewAmongProgrammesForm):
        form.programme_id.choices = [(it.id, name_of(it)) for it in programmes]
    return form


class OpeningForm(Form):
    closes_at = InstantField(_l("Answers are asked for until"), [Required()])


class MoreTimeForm(Form):
    closes_at = InstantField(_l("New closing time"), [Required()])


class ConfirmForm(Form):
    """Nothing to enter: the page tells what is about to be done."""


class ReopeningForm(Form):
    until = InstantField(_l("They are mended until"), [Required()])
    reason = TextAreaField(
        _l("What is to be mended"),
        [Required(), AtMost(1000)],
        description=_l("The body reads it, in the mail too."),
    )


class TakingBackForm(Form):
    reason = TextAreaField(_l("Reason"), [Required(), AtMost(1000)], description=_l("Kept in the history."))
