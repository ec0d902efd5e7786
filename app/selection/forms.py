"""The forms of the selection."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired

from app.web.forms import AtMost, Form, Required, VersionField, choices

RESULTS = {"yes": _l("Select"), "no": _l("Do not select")}


class ResultForm(Form):
    """The provisional result; `version` is that of the result on the page, empty where there was none."""

    version = VersionField()
    result = RadioField(
        _l("Provisional result"),
        [InputRequired(_l("Choose whether it is to be selected."))],
        choices=choices(RESULTS),
    )
    reasons = TextAreaField(
        _l("Reasons"),
        [Required(), AtMost(1000)],
        description=_l(
            "An applicant that is not selected reads them in the letter, as a summary of the reasons."
        ),
    )


class DecisionForm(Form):
    """Nothing to enter: the page shows all that is decided, and `seen` tells which results that were."""

    seen = HiddenField()


class AnnouncementForm(Form):
    """Nothing to enter: the page shows all that is announced."""
