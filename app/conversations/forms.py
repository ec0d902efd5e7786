"""The form of a message."""

from __future__ import annotations

import re
import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from app.conversations.models import LONGEST
from app.web.forms import AtMost, Form, Required

_KEY = re.compile(r"[0-9]{1,10}-[0-9]{1,10}")


class MessageForm(Form):
    """`key` tells whose page it was, and after which message: the same text sent twice from it is one message."""

    key = HiddenField()
    text = TextAreaField(
        _l("Message"),
        [Required(), AtMost(LONGEST)],
        description=_l("It cannot be changed or taken back once it is sent."),
    )

    @property
    def of_page(self) -> str:
        """The key that was sent; another for one that no page of ours has."""
        sent = self.key.data or ""
        return sent if _KEY.fullmatch(sent) else secrets.token_hex(12)
