"""What the tests of this room share."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

import pytest

from saasbackup_desktop.providers.imap import ImapSettings, ImapSource, ImapTarget, Tls
from tests.servers.dovecot import PROGRAM, Dovecot, User
from tests.unit.providers.imap.ledger import Ledger


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


@dataclass
class Place:
    """A mailbox on one kind of server, and a source that reads it."""

    server: Dovecot
    user: User
    source: ImapSource
    ledger: Ledger

    def path(self, name: str) -> str:
        """The server's path for a folder at the top."""
        return name if name == "INBOX" else self.server.prefix + name

    def append(self, folder: str, messages: Iterable[bytes], flags: tuple[bytes, ...] = ()) -> None:
        self.server.append(self.user, self.path(folder), messages, flags)

    def number_anew(self, folder: str) -> None:
        """Let the server forget all UIDs of a folder, so that it gives it another UIDVALIDITY."""
        maildir = self.server.home(self.user) / "Maildir"
        if folder != "INBOX":
            maildir /= "." + folder
        for file in [*maildir.glob("dovecot-uidlist"), *maildir.glob("dovecot.index*")]:
            file.unlink()


@pytest.fixture(scope="session")
def condstore_dovecot() -> Iterator[Dovecot]:
    if not PROGRAM.exists():
        pytest.skip(f"SERVER MISSING: {PROGRAM}")
    with Dovecot(capability="IMAP4rev1 CONDSTORE NAMESPACE UIDPLUS LITERAL+ MULTIAPPEND MOVE") as server:
        yield server


@pytest.fixture(params=["dovecot", "condstore_dovecot", "poor_dovecot"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Each kind of server in turn: QRESYNC, CONDSTORE, neither."""
    server: Dovecot = request.getfixturevalue(request.param)
    user = server.fresh()
    made = ImapSource(settings(server, user), lambda: user.password)
    place = Place(server, user, made, Ledger())
    yield place
    await place.source.close()
