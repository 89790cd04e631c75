"""A home with a cheap vault, and mailboxes on a pretend server."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.sim.imap import Mailbox, Server, serve_in_thread
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.s3_place import S3Keys
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, OFFICE, PASSPHRASE, Stage, fill
from tests.flow.storage import SECRET
from tests.servers.buckets import S3Server


@pytest.fixture(scope="session")
def buckets(moto: S3Server) -> S3Server:
    """A quick pretence of Amazon's, for what exports are sent to."""
    return replace(moto, keys=S3Keys("key", SECRET["secret-key"]))


@pytest.fixture
def mailbox() -> Mailbox:
    box = Mailbox("ada@example.org")
    fill(box, "INBOX", range(1, 9))
    fill(box, "Work", range(20, 24), ["\\Seen"])
    fill(box, "Work/Plans", range(30, 33), ["\\Flagged", "later"])
    return box


@pytest.fixture
def other() -> Mailbox:
    """Somebody else on the same server."""
    return Mailbox("bob@example.org")


@pytest.fixture
def server(mailbox: Mailbox, other: Mailbox) -> Iterator[Server]:
    with serve_in_thread([mailbox, other]) as running:
        yield running


@pytest.fixture
async def stage(tmp_path: Path, server: Server, mailbox: Mailbox) -> AsyncIterator[Stage]:
    """A home with a vault and one connection; nothing is backed up yet."""
    Vault.create(LocalStore(tmp_path / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    desk = Desk(tmp_path / "home")
    found = Stage(tmp_path, server, desk, mailbox, [desk])
    await desk.adopt_vault(str(tmp_path / "vault"), PASSPHRASE)
    await found.connect(mailbox, OFFICE)
    yield found
    for one in found.desks:
        await one.close()
