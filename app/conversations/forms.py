"""The form of a message."""

from __future__ import annotations

import re
import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from app.conversations.models import LONGEST
from app.web.forms import AtMost, Form, Required

_KEY = re.compile(r"[0-9a-f]{32}")


class MessageForm(Form):
    """`key` is given to each page once, so that a message sent twice is one."""

    key = HiddenField()
    text = TextAreaField(
        _l("Message"),
        [Required(), AtMost(LONGEST)],
        description=_l("It cannot be changed or taken back once it is sent."),
    )

    @property
    def of_page(self) -> str:
        """The key that was sent; another for one that this system has not given."""
        sent = self.key.data or ""
        return sent if _KEY.fullmatch(sent) else new_key()


def new_key() -> str:
    return secrets.token_hex(16)
