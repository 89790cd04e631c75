"""How to reach a mailbox."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Secret: TypeAlias = Callable[[], str]
"""Gives the password or access token of the moment: asked at every connect, so that a renewed token is used."""


class Tls(StrEnum):
    """How a connection is protected."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class SignIn(StrEnum):
    """How a person proves who they are."""

    LOGIN = "login"
    PLAIN = "plain"
    XOAUTH2 = "xoauth2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Server, user and manners; the password or token travels apart."""

    host: str
    user: str
    port: int | None = None
    """None: 993 for implicit TLS, 143 otherwise."""
    tls: Tls = Tls.IMPLICIT
    sign_in: SignIn = SignIn.LOGIN
    ca_file: str | None = None
    """PEM file with an authority of one's own."""
    connections: int = 3
    """At most so many at a time; fewer if the server refuses."""
    patience: float = 1.0
    """Seconds until the first new attempt after a failure; doubled each time."""
    connect_seconds: float = 15.0
    answer_seconds: float = 90.0
    """Silence after which a connection counts as lost."""
