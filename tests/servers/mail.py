"""A mail server on a real port: TLS, STARTTLS, PLAIN, LOGIN, XOAUTH2, and refusals of every kind."""

import asyncio
import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD, TOKEN = "notices@example.org", "the mail server's password", "an access token"


@dataclass
class MailServer:
    """What it got, and what it is to answer."""

    host: str = "localhost"
    port: int = 0
    tls: ssl.SSLContext | None = None
    is_implicit: bool = False
    signs_in: bool = True
    methods: tuple[str, ...] = ("PLAIN", "LOGIN", "XOAUTH2")
    answers: dict[str, str] = field(default_factory=dict)
    """By ``rcpt ADDRESS``, ``mail`` or ``data``: what is said instead of yes."""
    received: list[tuple[str, EmailMessage]] = field(default_factory=list)
    """Recipient and message."""
    used: list[str] = field(default_factory=list)
    """Ways of signing in that were used."""

    # --- what aiosmtpd asks its handler ---------------------------------------------------------------------

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if "mail" in self.answers:
            return self.answers["mail"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if f"rcpt {address}" in self.answers:
            return self.answers[f"rcpt {address}"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "data" in self.answers:
            return self.answers["data"]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        for address in envelope.rcpt_tos:
            self.received.append((address, message))
        return "250 Taken, thank you"

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(arguments[1]).decode()
        self.used.append("XOAUTH2")
        if said == f"user={USER}\1auth=Bearer {TOKEN}\1\1":
            return AuthResult(success=True, handled=True)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    def judge(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        self.used.append(mechanism)
        assert isinstance(given, LoginPassword)
        fits = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits, handled=False)


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None,
    *,
    is_implicit: bool = False,
    signs_in: bool = True,
    methods: tuple[str, ...] = ("PLAIN", "LOGIN", "XOAUTH2"),
) -> Iterator[MailServer]:
    """Serve on a free port of this machine, in a thread."""
    state = MailServer(tls=tls, is_implicit=is_implicit, signs_in=signs_in, methods=methods)
    loop = asyncio.new_event_loop()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    state.port = listening.getsockname()[1]

    def made() -> SMTP:
        return SMTP(
            state,
            hostname="mail.example.org",
            loop=loop,
            tls_context=None if is_implicit else tls,
            require_starttls=tls is not None and not is_implicit,
            authenticator=state.judge,
            auth_required=signs_in and not is_implicit,  # of TLS from the first byte on aiosmtpd knows nothing
            auth_require_tls=tls is not None and not is_implicit,
            auth_exclude_mechanism=[one for one in ("PLAIN", "LOGIN", "XOAUTH2") if one not in methods],
        )

    async def serve() -> asyncio.Server:
        return await loop.create_server(made, sock=listening, ssl=tls if is_implicit else None)

    thread = threading.Thread(target=loop.run_forever, name="mail-server", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    try:
        yield state
    finally:

        async def end() -> None:
            server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
