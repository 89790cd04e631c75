"""What the tests of this room share."""

from collections.abc import AsyncIterator, Callable

import pytest

from saasbackup_desktop.providers.imap import ImapSettings, ImapSource, ImapTarget, Tls
from tests.servers.dovecot import Dovecot, User

Open = Callable[..., ImapSource]


def settings(server: Dovecot, user: User, **more: object) -> ImapSettings:
    """How to reach a user on a server, without TLS, without patience."""
    values: dict[str, object] = {
        "host": "localhost",
        "user": user.name,
        "port": server.port,
        "tls": Tls.NONE,
        "patience": 0.02,
        "answer_seconds": 20.0,
    }
    return ImapSettings(**{**values, **more})  # type: ignore[arg-type]


def message(number: int, *, text: str = "hello", subject: str = "message") -> bytes:
    """A small message of its own."""
    return (
        f"From: a@example.com\r\nTo: b@example.com\r\nSubject: {subject} {number}\r\n"
        f"Message-ID: <{number}.{subject}@example.com>\r\n\r\n{text} {number}\r\n"
    ).encode()


@pytest.fixture
async def source(dovecot: Dovecot, user: User) -> AsyncIterator[ImapSource]:
    made = ImapSource(settings(dovecot, user), lambda: user.password)
    yield made
    await made.close()


@pytest.fixture
async def target(dovecot: Dovecot, user: User) -> AsyncIterator[ImapTarget]:
    made = ImapTarget(settings(dovecot, user), lambda: user.password)
    yield made
    await made.close()


@pytest.fixture
async def poor_source(poor_dovecot: Dovecot, poor_user: User) -> AsyncIterator[ImapSource]:
    made = ImapSource(settings(poor_dovecot, poor_user), lambda: poor_user.password)
    yield made
    await made.close()


@pytest.fixture
async def poor_target(poor_dovecot: Dovecot, poor_user: User) -> AsyncIterator[ImapTarget]:
    made = ImapTarget(settings(poor_dovecot, poor_user), lambda: poor_user.password)
    yield made
    await made.close()
