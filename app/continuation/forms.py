"""The forms around an application for an extension. What it answers: app/questions/forms.py."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired

from app.web.forms import AtMost, DateField, Form, Required, WholeNumberField, half_width

MOST = 1000


class SubmissionForm(Form):
    """`seen` is the fingerprint of what the page showed."""

    seen = HiddenField()


class ReasonForm(Form):
    reason = TextAreaField(_l("Reason"), [Required(), AtMost(MOST)], description=_l("Kept in the history."))


class CheckForm(Form):
    reason = TextAreaField(
        _l("Opinion for the director"),
        [Required(), AtMost(MOST)],
        description=_l("Only the office reads it."),
    )


class ReturnForm(Form):
    reason = TextAreaField(
        _l("What is to be corrected"),
        [Required(), AtMost(MOST)],
        description=_l("The local governments read it word for word, in a mail and on the page."),
    )
    due_on = DateField(_l("To be submitted by"), [Required()])


class CertificationForm(Form):
    years = WholeNumberField(
        _l("Years certified"),
        [InputRequired(_l("Say by how many years it is extended."))],
        filters=[half_width],
    )
    remark = TextAreaField(
        _l("Remark"),
        [AtMost(MOST)],
        description=_l("It stands in the letters, under 留意事項. May stay empty."),
    )


class RefusalForm(Form):
    reason = TextAreaField(
        _l("Reasons"),
        [Required(), AtMost(MOST)],
        description=_l("They stand in the letters that tell the local governments."),
    )
