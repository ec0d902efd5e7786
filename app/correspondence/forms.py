"""The forms of letters and mails: little is typed here."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField

from app.web.forms import AtMost, Form, Required


class DiscardForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("Kept in the history; the addressee does not see it."),
    )


class SendBackForm(Form):
    reason = TextAreaField(
        _l("Remark"),
        [Required(), AtMost(1000)],
        description=_l(
            "What is to be mended. The officers see it as their task; the addressee does not see it."
        ),
    )


class PutForwardForm(Form):
    reason = TextAreaField(
        _l("Answer to the remark"),
        [Required(), AtMost(1000)],
        description=_l("What was mended, or why the letter should go out as it is. The director sees it."),
    )


class SetAsideForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("For example: told by telephone, or it had arrived after all."),
    )


class RetryForm(Form):
    """Where to send it: as before, or to the mailbox that the body has now."""

    to = RadioField(_l("Send it to"), [Required()])
