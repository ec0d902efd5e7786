"""A mail of the outbox as a message for SMTP: plain text in UTF-8, every file attached, the same Message-ID for ever.

A one-time link has its token put in here, as the message leaves. Whoever reads along in the office gets words in its
place, except in a demo, whose mails leave for nobody.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from flask import current_app

from app.correspondence.models import Mail
from app.correspondence.voice import voice_of
from app.explained import Explained
from app.lifecycle import N_
from app.lines import neutral, one_line
from app.organisations import links
from app.organisations.links import LinkGone
from app.storage import Damaged, Missing, get_verified


class Unsendable(Explained):
    """A mail that no server can be given as it is. The sentence is kept with the mail, for staff; it has no values."""

    def __init__(self, msgid: str) -> None:
        super().__init__(msgid)


LINK_GONE = N_(
    "The link in this mail is no longer good: its time is over, or the server's key was changed. "
    "Set the mail aside and make a new link, on the page of the seat or of the council."
)
LINK_USED = N_(
    "The link in this mail was used, or replaced by a newer one, before the mail left: it need not be sent."
)


class Pointless(Unsendable):
    """Nobody has to do anything: what the mail was for has been done, or is asked for by a newer mail."""


def refuse_gone_link(mail: Mail, *, at: datetime) -> None:
    """Raises Unsendable for a mail whose link opens nothing any more, or whose token nobody can make.

    Pointless, where the link was used or replaced.
    """
    if mail.link is None:
        return
    try:
        links.refuse_gone(mail.link, at=at)
        links.token_of(mail.link)
    except LinkGone as gone:
        raise (Pointless(LINK_USED) if gone.reason == "used" else Unsendable(LINK_GONE)) from gone


def shows_links() -> bool:
    """Only in a demo that sends nothing: otherwise a link is for its addressee's eyes alone."""
    return bool(current_app.config["DEMO"]) and not current_app.config["SMTP_URL"]


def text_to_read(mail: Mail, *, instead: str) -> str:
    """The text as the office reads it, with `instead` in place of the address of a one-time link."""
    if mail.link is None:
        return mail.body
    if shows_links():
        try:
            return with_token(mail, links.token_of(mail.link))
        except LinkGone:
            pass
    address = re.compile(rf"https?://[!-;=?-~]*{links.place_of(mail.link)}")
    return address.sub(lambda _address: instead, mail.body)


def with_token(mail: Mail, token: str) -> str:
    """The text as its addressee reads it."""
    return mail.body.replace(links.place_of(mail.link), token) if mail.link else mail.body


def message_of(mail: Mail, text: str, *, at: datetime) -> EmailMessage:
    """The message with this text, dated `at`.

    Raises Unsendable, and OSError while the storage of its attachments is away.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender(mail)
    message["To"] = _address(mail.to_name, mail.to_address)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = at
    message["Message-ID"] = mail.message_id
    # A machine wrote this: no absence notices to a mailbox that nobody reads (RFC 3834, and Exchange's own word).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(neutral(text), charset="utf-8", cte="base64")
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


def sender(mail: Mail) -> Address:
    """The house's one address, with the name of the programme whose mail it is."""
    return _address(voice_of(mail).sender, current_app.config["MAIL_FROM"])


def _address(name: str, address: str) -> Address:
    try:
        found = Address(display_name=one_line(name), addr_spec=address)
    except (ValueError, IndexError) as problem:
        raise Unsendable(N_("The address cannot be a mail address.")) from problem
    if not address.isascii() or not found.domain:
        raise Unsendable(N_("The address cannot be a mail address."))
    return found
