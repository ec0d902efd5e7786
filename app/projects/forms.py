"""The forms of a project."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from app.projects.labels import ASKED_BY, CANCEL_GROUNDS, EXTENSIONS
from app.projects.models import CERTIFIED
from app.web.forms import (
    AtMost,
    DateField,
    Form,
    Required,
    VersionField,
    WholeNumberField,
    choices,
    half_width,
)


class CancellationForm(Form):
    ground = RadioField(
        _l("Ground"), [InputRequired(_l("Choose the ground."))], choices=choices(CANCEL_GROUNDS)
    )
    asked_by = RadioField(
        _l("Who asked for it"), [InputRequired(_l("Choose who asked for it."))], choices=choices(ASKED_BY)
    )
    on = DateField(_l("Cancelled from"), [Required()], description=_l("Today, or a day that has passed."))
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l(
            "It stands in the letters, and in the history, which the project's own local governments can read."
        ),
    )


class ReinstatementForm(Form):
    """Why a project is put under support again; with `years`, by how many its support was extended."""

    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l(
            "It stands in the letters that withdraw the support-end letters, and in the history, which the project's own "
            "local governments can read."
        ),
    )
    years = WholeNumberField(
        _l("Years certified"),
        description=_l("Only where an extension of support was certified and the record was wrong."),
        filters=[half_width],
    )
    on = DateField(_l("Day of the certification"))

    def validate_years(self, field: WholeNumberField) -> None:
        if field.data is not None and field.data < 1:
            raise ValidationError(_("Say by how many years it is extended."))

    def validate_on(self, field: DateField) -> None:
        if self.years.data and not field.data and not field.process_errors:
            raise ValidationError(_("Say on which day it was certified."))


class ExtensionForm(Form):
    """What became of an extension; `version` is that of the project on the page."""

    version = VersionField()
    outcome = RadioField(
        _l("What became of the extension"),
        [InputRequired(_l("Choose what became of it."))],
        choices=choices(EXTENSIONS),
    )
    years = WholeNumberField(
        _l("Years certified"), description=_l("Only when it is certified."), filters=[half_width]
    )
    on = DateField(
        _l("Day"), [Required()], description=_l("Of the certification, the refusal, or the answer.")
    )
    remark = TextAreaField(
        _l("Remark"),
        [AtMost(1000)],
        description=_l("Kept in the history, which the project's own local governments can read."),
    )

    def validate_years(self, field: WholeNumberField) -> None:
        given = bool(field.process_errors) or (field.data is not None and field.data > 0)
        if self.outcome.data == CERTIFIED and not given:
            raise ValidationError(_("Say by how many years it is extended."))

    @property
    def certified_years(self) -> int:
        """What is typed beside another outcome counts for nothing."""
        return (self.years.data or 0) if self.outcome.data == CERTIFIED else 0
