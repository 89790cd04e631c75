"""How notices leave: a mail server, how one signs in there, and a webhook."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum


class MailTls(StrEnum):
    """How a connection to a mail server is protected."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class MailSignIn(StrEnum):
    """How one signs in to a mail server."""

    NONE = "none"
    PASSWORD = "password"
    """By whatever the server offers: PLAIN or LOGIN."""
    OAUTH = "oauth"
    """XOAUTH2 with an access token that is renewed by itself."""


class TokenWay(StrEnum):
    """Where access tokens come from."""

    MICROSOFT = "microsoft"
    """Microsoft 365: an application with ``SMTP.SendAsApp``, by its secret."""
    REFRESH = "refresh"
    """Anybody else: a refresh token at a token address (OAuth 2.0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """How to reach a mail server. Its secrets travel apart."""

    host: str
    port: int | None = None
    """None: 465 for implicit TLS, else 587; 25 without TLS."""
    tls: MailTls = MailTls.STARTTLS
    sign_in: MailSignIn = MailSignIn.PASSWORD
    user: str = ""
    sender: str = ""
    """Whom notices are from: an address."""
    ca_file: str = ""
    """PEM file with an authority of one's own."""
    token_way: TokenWay = TokenWay.MICROSOFT
    tenant: str = ""
    """Microsoft 365: directory id or domain."""
    client: str = ""
    """Application id."""
    token_address: str = ""
    """Where a refresh token is exchanged."""
    scope: str = ""

    @property
    def usual_port(self) -> int:
        """The port that is used."""
        usual = {MailTls.IMPLICIT: 465, MailTls.STARTTLS: 587, MailTls.NONE: 25}
        return self.port or usual[self.tls]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSecrets:
    """What a mail server is signed in to with."""

    password: str = field(default="", repr=False)
    """The password, or the application's secret."""
    refresh: str = field(default="", repr=False)
    """A refresh token."""


Token = Callable[[], Awaitable[str]]
"""Gives an access token. Raises Fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A webhook. Its address is as good as a password."""

    url: str = field(repr=False)
    signing: str = field(default="", repr=False)
    """What its bodies are signed with (HMAC-SHA256); empty: not at all."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_file: str = ""
