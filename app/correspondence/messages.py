"""A mail of the outbox as a message for SMTP: plain text in UTF-8, every file attached, the same Message-ID for ever."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from flask import current_app

from app.correspondence.models import Mail
from app.lifecycle import N_
from app.lines import neutral, one_line
from app.storage import Damaged, Missing, get_verified


class Unsendable(Exception):
    """A mail that no server can be given as it is; the text is a msgid for staff."""


def message_of(mail: Mail, *, at: datetime) -> EmailMessage:
    """The message, dated `at`. Raises Unsendable, and OSError while the storage of its attachments is away."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender()
    message["To"] = _address(mail.to_name, mail.to_address)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = at
    message["Message-ID"] = mail.message_id
    # A machine wrote this: no absence notices to a mailbox that nobody reads (RFC 3834, and Exchange's own word).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(neutral(mail.body), charset="utf-8", cte="base64")
    for attachment in mail.attachments:
        main, _, sub = attachment["media_type"].partition("/")
        message.add_attachment(
            content_of(attachment), maintype=main, subtype=sub, filename=one_line(attachment["filename"])
        )
    return message


def content_of(attachment: dict[str, str]) -> bytes:
    """The bytes of an attachment, which must still be those that were queued."""
    try:
        return get_verified(attachment["path"], attachment["sha256"])
    except Missing as problem:
        raise Unsendable(N_("An attachment is missing from the storage.")) from problem
    except Damaged as problem:
        raise Unsendable(
            N_("An attachment in the storage is damaged: its SHA-256 is not the one on record.")
        ) from problem


def sender() -> Address:
    return _address(current_app.config["MAIL_FROM_NAME"], current_app.config["MAIL_FROM"])


def _address(name: str, address: str) -> Address:
    try:
        found = Address(display_name=one_line(name), addr_spec=address)
    except (ValueError, IndexError) as problem:
        raise Unsendable(N_("The address cannot be a mail address.")) from problem
    if not address.isascii() or not found.domain:
        raise Unsendable(N_("The address cannot be a mail address."))
    return found
