"""A home with a cheap vault, a mailbox on a pretend server, and the home's agent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.host import Host
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.agent.remote import RemoteDesk
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import ImapSettings, Tls
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.sim.imap import Mailbox, Server, serve_in_thread
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, OFFICE, PASSPHRASE, PATIENCE, fill

LETTERS = 60


@pytest.fixture
def mailbox() -> Mailbox:
    box = Mailbox("ada@example.org")
    fill(box, "INBOX", range(LETTERS))
    return box


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    with serve_in_thread([mailbox]) as running:
        yield running


@dataclass
class Agency:
    """A home, and what works in it."""

    folder: Path
    server: Server
    mailbox: Mailbox
    stream: StreamId
    desks: list[Desk] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    async def client(self, *, unlocked: bool = True) -> Desk:
        """One more client of the agent."""
        connection = await Connection.open(AgentPlace(self.home))
        assert connection.is_like
        desk = RemoteDesk(connection, self.home)
        self.desks.append(desk)
        if unlocked:
            await desk.unlock(PASSPHRASE)
        return desk

    @contextlib.asynccontextmanager
    async def hosted(self, **options: object) -> AsyncIterator[Host]:
        """An agent on this loop, until the end of the block."""
        host = Host(self.home, **options)  # type: ignore[arg-type]
        life = asyncio.get_running_loop().create_task(host.run())
        try:
            await reached(lambda: (self.home / "agent.json").exists() or life.done())
            yield host
        finally:
            await self.leave()
            host.stop()
            assert await life == 0
            assert not (self.home / "agent.json").exists()

    async def leave(self) -> None:
        for desk in self.desks:
            await desk.close()
        self.desks.clear()


async def make(folder: Path, server: Server, mailbox: Mailbox) -> Agency:
    """A home with a vault and one connection; nothing is backed up yet, and no agent runs."""
    Vault.create(LocalStore(folder / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    desk = Desk(folder / "home")
    await desk.adopt_vault(str(folder / "vault"), PASSPHRASE)
    settings = ImapSettings(name=OFFICE, host=server.host, port=server.port, user=mailbox.user, tls=Tls.NONE)
    connection = await desk.add_imap(settings, mailbox.password)
    await desk.close()
    (folder / "passphrase").write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return Agency(folder, server, mailbox, stream_id(connection.account.id, Service.MAIL))


@pytest.fixture
async def agency(tmp_path: Path, server: Server, mailbox: Mailbox) -> AsyncIterator[Agency]:
    made = await make(tmp_path, server, mailbox)
    yield made
    await made.leave()


async def over(desk: Desk, id: JobId) -> Job:
    """Wait until a job rests."""
    async with asyncio.timeout(PATIENCE):
        while True:
            job = await desk.job(id)
            if job.state.is_over or job.state is State.PAUSED:
                return job
            await asyncio.sleep(0.02)


async def reached(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)
