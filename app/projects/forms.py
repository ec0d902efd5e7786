"""The forms of a project."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from app.web.forms import AtMost, Form, Required


class CancellationForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("Kept in the history, which the project's own local governments can read."),
    )
