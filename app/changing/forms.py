"""The forms of a change request."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import ValidationError

from app.changing.models import CONTENT, TECHNOLOGIES, TITLE, YEARS
from app.programmes.technologies import TECHNOLOGIES as NAMES
from app.projects.models import Project
from app.web.forms import AtMost, Form, Required, VersionField, WholeNumberField, choices, half_width

TEXT_MAX, REASON_MAX = 2000, 1000


class ChangeForm(Form):
    """What shall be otherwise. What is left as it stands is not asked for."""

    version = VersionField()
    title = StringField(
        _l("Project title"), [AtMost(200)], description=_l("Leave it as it is where it does not change.")
    )
    technologies = SelectMultipleField(
        _l("Main technologies"),
        choices=choices({it: it for it in NAMES}),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    content_from = TextAreaField(_l("Plan or content: as it is"), [AtMost(TEXT_MAX)])
    content_to = TextAreaField(_l("Plan or content: as it shall be"), [AtMost(TEXT_MAX)])
    years = WholeNumberField(_l("Years of the extension"), filters=[half_width])
    reason = TextAreaField(_l("Reasons"), [Required(), AtMost(REASON_MAX)])

    def validate_content_to(self, field: TextAreaField) -> None:
        if bool((field.data or "").strip()) != bool((self.content_from.data or "").strip()):
            raise ValidationError(_("Say both: as it is, and as it shall be."))

    def validate_title(self, field: StringField) -> None:
        if not (field.data or "").strip() and self.had_title:
            raise ValidationError(_("A project that has a title keeps one."))

    had_title = False

    def asked(self, project: Project) -> dict[str, list[Any]]:
        """Aspect → [from, to] of all that shall be otherwise than it stands."""
        to: dict[str, list[Any]] = {
            TITLE: [project.title or "", (self.title.data or "").strip()],
            TECHNOLOGIES: [list(project.technologies), _in_order(project, self.technologies.data or ())],
            CONTENT: [(self.content_from.data or "").strip(), (self.content_to.data or "").strip()],
            YEARS: [project.extended_years, self.years.data or project.extended_years],
        }
        return {aspect: pair for aspect, pair in to.items() if pair[0] != pair[1]}


class ReasonForm(Form):
    reason = TextAreaField(
        _l("Reason"), [Required(), AtMost(REASON_MAX)], description=_l("Kept in the history.")
    )


class ApprovalForm(Form):
    remark = TextAreaField(
        _l("Remark"),
        [AtMost(REASON_MAX)],
        description=_l("The local governments read it in a mail. May stay empty."),
    )


class RefusalForm(Form):
    reason = TextAreaField(
        _l("Reasons"),
        [Required(), AtMost(REASON_MAX)],
        description=_l("The local governments read them in a mail."),
    )


def _in_order(project: Project, chosen: Any) -> list[str]:
    """Those that it had stay in their order; what the list of the form does not know stays too."""
    stays = [it for it in project.technologies if it in chosen or it not in NAMES]
    return [*stays, *(it for it in chosen if it not in stays)]
