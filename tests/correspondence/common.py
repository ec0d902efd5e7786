"""What several tests of letters and mails do alike."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from typing import Any

from app.correspondence import delivery, messages
from app.correspondence.approval import fingerprint
from app.correspondence.models import Letter, Mail
from app.db import db
from app.organisations import links
from tests import factories


def a_mail(**values) -> Mail:
    mail = factories.mail(**values)
    db.session.commit()
    return mail


def ticked(page: str) -> dict[str, Any]:
    """What a page of review sends: the letters ticked, and the fingerprints of what it has shown."""
    shown = dict(re.findall(r'name="(shown-\d+)" value="([0-9a-f]{64})"', page))
    return {"letter": re.findall(r'name="letter" value="(\d+)"[^>]* checked', page), **shown}


def seen(*letters: Letter) -> dict[str, str]:
    """The same for these letters, as if their page had just been read."""
    return {f"shown-{letter.id}": fingerprint(letter) for letter in letters}


def as_received(mail: Mail) -> str:
    """The text as its addressee reads it, with the address that its one-time link has there."""
    kept = delivery.kept_file(mail.id)
    if mail.kept_path and kept.is_file():
        message = message_from_bytes(kept.read_bytes(), policy=default)
        return message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    return messages.with_token(mail, links.token_of(mail.link)) if mail.link else mail.body


def unwrapped(body: str) -> str:
    """A mail's text without its line ends and indents, to look for words that may be broken."""
    return re.sub(r"\n[ 　]*", "", body)
