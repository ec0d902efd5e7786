"""One mail after another to an SMTP server, and what its answers mean for us.

A mail counts as accepted when the server has answered 250 to its end (RFC 5321, 4.2.5), and not before. When the
connection breaks while that answer is awaited, the mail stays with us and is tried again under the same Message-ID.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

TIMEOUT = 30  # seconds for a connection and for each answer
TRIAL_TIMEOUT = 5  # somebody is waiting for the doctor
ANSWER_TIMEOUT = 300  # for the answer to a whole message: giving up early makes doubles (RFC 5321, 4.5.3.2.6)


class Refused(Exception):
    """The server will not take this mail, now or later (5xx)."""


class TryLater(Exception):
    """The server cannot take this mail now (4xx), or the connection broke before it had."""


class ServerAway(TryLater):
    """No mail can be handed in at all: no connection, no greeting, no encryption, no sign-in."""


@dataclass(frozen=True)
class Server:
    """Where mail is handed in, from BANSO_SMTP_URL: smtp://user:password@host:587?starttls=1, smtps://host."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    encrypted: bool = False  # from the first byte (smtps)
    starttls: bool = False

    @classmethod
    def at(cls, url: str) -> Self:
        """Raises ValueError with a sentence for an address that cannot be used."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("BANSO_SMTP_URL must look like smtp://host:25 or smtps://user:password@host:465")
        encrypted = parts.scheme == "smtps"
        starttls = parse_qs(parts.query).get("starttls", ["0"])[0] not in ("0", "false", "no")
        try:
            port = parts.port
        except ValueError:
            raise ValueError("the port in BANSO_SMTP_URL must be a number up to 65535") from None
        return cls(
            host=parts.hostname,
            port=port or (465 if encrypted else 587 if starttls else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            encrypted=encrypted,
            starttls=starttls and not encrypted,
        )


class Line:
    """A connection to the server, opened at the first mail and kept for those that follow."""

    def __init__(self, server: Server, *, timeout: float = TIMEOUT) -> None:
        self.server, self.timeout = server, timeout
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def hand_in(self, message: bytes, *, sender: str, recipient: str) -> str:
        """Hand in one mail; the server's answer (often its queue number).

        Raises Refused, TryLater, ServerAway; the connection is given up then, and opened anew for the next mail.
        """
        smtp = self._ready()
        try:
            _expect_success(*smtp.mail(sender))
            _expect_success(*smtp.rcpt(recipient))
            return _expect_success(*smtp.data(message))
        except (Refused, TryLater):
            self._hang_up()
            raise
        except smtplib.SMTPDataError as answer:  # to DATA itself, before a byte of the message
            self._hang_up()
            raise _refusal(answer.smtp_code, _text(answer)) from answer
        except OSError as problem:
            self._drop()
            raise TryLater(_broken(problem)) from problem

    def open(self) -> None:
        """Connect, encrypt and sign in as a mail would, and send none. Raises OSError."""
        self._open = self._connect()
        code, answer = self._open.noop()
        if code != 250:
            raise smtplib.SMTPResponseException(code, answer)

    def _ready(self) -> smtplib.SMTP:
        if self._open is not None:
            try:
                if self._open.noop()[0] == 250:
                    return self._open
            except OSError:
                pass  # it closed while nothing was sent: nothing is lost
            self._drop()
        try:
            self._open = self._connect()
        except OSError as problem:
            raise ServerAway(_broken(problem)) from problem
        return self._open

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        smtp: smtplib.SMTP
        if server.encrypted:
            smtp = _EncryptedConversation(
                server.host, server.port, timeout=self.timeout, context=ssl.create_default_context()
            )
        else:
            smtp = _Conversation(server.host, server.port, timeout=self.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.starttls:  # asked for is required: never fall back to an open line
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
        except OSError:
            smtp.close()
            raise
        return smtp

    def _hang_up(self) -> None:
        if self._open is not None:
            with suppress(OSError):
                self._open.quit()
            self._drop()

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def trial(server: Server, *, timeout: float = TRIAL_TIMEOUT) -> str:
    """What keeps mail from being handed in at `server`, in a sentence; empty when nothing does. No mail is sent."""
    where = f"{server.host}:{server.port}"
    try:
        with Line(server, timeout=timeout) as line:
            line.open()
    except OSError as problem:
        return _obstacle(problem, where)
    return ""


def _obstacle(problem: OSError, where: str) -> str:
    sentences = {
        socket.gaierror: f"the name in BANSO_SMTP_URL is not known ({where})",
        ConnectionRefusedError: f"nothing answers at {where} (connection refused)",
        TimeoutError: f"{where} does not answer in time; a firewall may be in between",
        ssl.SSLCertVerificationError: f"the certificate of {where} is not trusted",
        ssl.SSLError: f"no encrypted connection to {where}; smtps:// is for port 465, ?starttls=1 for port 587",
        smtplib.SMTPAuthenticationError: f"{where} does not take the user and password in BANSO_SMTP_URL",
        smtplib.SMTPNotSupportedError: f"{where} does not offer what BANSO_SMTP_URL asks for",
    }
    if isinstance(problem, smtplib.SMTPServerDisconnected) and isinstance(problem.__context__, TimeoutError):
        problem = problem.__context__  # a greeting or an answer that does not come
    sentence = next(
        (text for kind, text in sentences.items() if isinstance(problem, kind)), f"{where} cannot be used"
    )
    return f"{sentence}: {_broken(problem)}"


class _Patient:
    """Waits longer for the answer to a whole message than for any other."""

    def data(self, msg: ReadableBuffer | str) -> tuple[int, bytes]:
        self.sock.settimeout(ANSWER_TIMEOUT)  # type: ignore[attr-defined]
        try:
            return super().data(msg)  # type: ignore[misc]
        finally:
            if self.sock is not None:  # type: ignore[attr-defined]
                self.sock.settimeout(TIMEOUT)  # type: ignore[attr-defined]


class _Conversation(_Patient, smtplib.SMTP):
    pass


class _EncryptedConversation(_Patient, smtplib.SMTP_SSL):
    pass


def _expect_success(code: int, answer: bytes) -> str:
    text = f"{code} {answer.decode('utf-8', 'replace')}".strip()
    if not 200 <= code < 300:
        raise _refusal(code, text)
    return text


def _refusal(code: int, text: str) -> Exception:
    # Codes out of the book (a broken server) are no reason to give a mail up.
    return Refused(text) if 500 <= code < 600 else TryLater(text)


def _broken(problem: OSError) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return _text(problem)
    return f"{type(problem).__name__}: {problem}".rstrip(": ")


def _text(answer: smtplib.SMTPResponseException) -> str:
    error = answer.smtp_error
    text = error.decode("utf-8", "replace") if isinstance(error, bytes) else error
    return f"{answer.smtp_code} {text}".strip()
