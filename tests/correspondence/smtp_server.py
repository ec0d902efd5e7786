"""A real SMTP server in the test process, which does with each mail what it is told to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.ports import free_port

ACCEPT = "250 2.0.0 queued as 4711"
GREYLIST = "451 4.7.1 greylisted, come back later"
REFUSE = "550 5.1.1 no such user here"
DROP_IN_THE_MIDDLE = "the connection breaks while the message is on its way"
DROP_UNANSWERED = "the connection breaks when the message has arrived, before an answer"
REFUSE_AND_QUOTE = "550 5.7.1 the message links to"  # and the address of its page
ACCEPT_AND_DROP = "the message is accepted, and the connection breaks right after"


class Server:
    """`script` says what happens to the mails that come, in turn; whatever comes after it is accepted."""

    def __init__(self, script: list[str]) -> None:
        self.script = list(script)
        self.accepted: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.seen: list[str] = []  # the Message-ID of every mail that arrived whole, accepted or not
        self.connections = 0
        self.port = 0
        self.on_acceptance = lambda: None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    # aiosmtpd's names

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        self.seen.append(message["Message-ID"])
        act = self.now
        if act == DROP_UNANSWERED:
            server.transport.abort()
            return ACCEPT
        if act in (ACCEPT, ACCEPT_AND_DROP):
            self.accepted.append(message)
            self.recipients += envelope.rcpt_tos
            self.on_acceptance()
            return ACCEPT
        if act == REFUSE_AND_QUOTE:
            text = message.get_body(("plain",)).get_content()
            return f"{act} {re.findall(r'https?://[!-~]+', text)[0]}"
        return act

    def next_act(self) -> str:
        self.now = self.script.pop(0) if self.script else ACCEPT
        return self.now


class _Scripted(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        act = self.event_handler.next_act()
        if act == DROP_IN_THE_MIDDLE:
            await self.push("354 go on")
            await self._reader.read(20)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)
        if act == ACCEPT_AND_DROP:
            self.transport.abort()

    def connection_made(self, transport: Any) -> None:
        self.event_handler.connections += 1
        super().connection_made(transport)


@contextmanager
def smtp_server(
    *script: str, login: tuple[str, str] | None = None, tls: SSLContext | None = None
) -> Iterator[Server]:
    """The server, listening; with `login` only for who knows name and password, with `tls` encrypted at once."""
    server = Server(list(script))
    server.port = free_port()

    class _Controller(Controller):
        def factory(self) -> SMTP:
            return _Scripted(
                self.handler,
                hostname="mail.example.jp",
                auth_required=login is not None,
                auth_require_tls=False,
                authenticator=lambda *args: AuthResult(success=_told(args[-1]) == login, handled=False),
            )

    controller = _Controller(server, hostname="127.0.0.1", port=server.port, ssl_context=tls)
    controller.start()
    server.connections = 0  # the controller tried the door itself
    try:
        yield server
    finally:
        controller.stop(no_assert=True)


def _told(data: Any) -> tuple[str, str]:
    return data.login.decode(), data.password.decode()
