"""What the flow tests share: a home with a cheap vault, and mailboxes on a pretend server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import DiffRow, ImapSettings, Order, Tls
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.model import Item, Service, Snapshot, SnapshotStatus, stream_id
from saasbackup_desktop.sim.imap import Mailbox, Server, Slow
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault

CHEAP = Argon2(memory=64, passes=1, lanes=1)
PASSPHRASE = "a passphrase for tests"
OFFICE = ConnectionName("office")
OTHER = ConnectionName("other")
PATIENCE = 60


def letter(number: int, size: int = 600) -> bytes:
    """Make up a message; equal numbers make equal bytes."""
    text = f"{number:06d} lorem ipsum dolor sit amet\r\n"
    return (
        f"From: ada@example.org\r\nTo: bob@example.org\r\nSubject: Letter {number}\r\n"
        f"Date: Fri, 02 Jan 2026 10:{number % 60:02d}:00 +0100\r\nMessage-ID: <{number}@example.org>\r\n\r\n"
        + text
        * max(1, size // len(text))
    ).encode()


def moment(number: int) -> datetime:
    """When a letter arrived."""
    return datetime(2026, 1, 1 + number % 28, 12, number % 60, tzinfo=UTC)


def fill(mailbox: Mailbox, path: str, numbers: Sequence[int], flags: Sequence[str] = ()) -> None:
    """Deliver letters; the folder is made if it is missing."""
    if mailbox.known(path) not in mailbox.folders:
        mailbox.create(path)
    for number in numbers:
        mailbox.deliver(path, letter(number), flags, moment(number))


def contents(mailbox: Mailbox) -> dict[str, list[tuple[bytes, frozenset[str], datetime]]]:
    """All messages by folder, in an order that does not depend on how they came."""
    return {
        path: sorted(
            ((one.data, one.flags, one.internal_date) for one in folder.messages.values()), key=lambda one: one[0]
        )
        for path, folder in mailbox.folders.items()
    }


@dataclass
class Stage:
    """A home, its vault, and the server that it backs up."""

    folder: Path
    server: Server
    desk: Desk
    mailbox: Mailbox
    desks: list[Desk] = field(default_factory=list)

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    @property
    def catalog(self) -> Path:
        return self.folder / "home" / "catalog.db"

    async def connect(self, mailbox: Mailbox, name: ConnectionName, desk: Desk | None = None) -> StreamId:
        settings = ImapSettings(
            name=name, host=self.server.host, port=self.server.port, user=mailbox.user, tls=Tls.NONE
        )
        connection = await (desk or self.desk).add_imap(settings, mailbox.password)
        return stream_id(connection.account.id, Service.MAIL)

    @property
    def stream(self) -> StreamId:
        [found] = [one for one in self.desk._workspace.connections.all() if one.name == OFFICE]
        return stream_id(found.account.id, Service.MAIL)

    async def reopen(self) -> Desk:
        """Close the desk and open another one at the same home."""
        await self.desk.close()
        self.desk = Desk(self.folder / "home")
        self.desks.append(self.desk)
        await self.desk.unlock(PASSPHRASE)
        return self.desk

    async def over(self, id: JobId, *states: State) -> Job:
        """Wait until a job rests."""
        async with asyncio.timeout(PATIENCE):
            while True:
                job = await self.desk.job(id)
                if job.state.is_over or job.state is State.PAUSED:
                    break
                await asyncio.sleep(0.01)
        assert job.state in (states or (State.DONE,)), (job, await self.desk.failures(id))
        return job

    async def backup(self, *states: State, only_owed: bool = False) -> Job:
        return await self.over(await self.desk.backup(self.stream, only_owed), *states)

    async def cut_short(self, snapshots: int, wish: str = "stop") -> Job:
        """Begin a backup and end it once it has saved a part: there are more than so many snapshots then."""
        self.server.faults.add("UID FETCH", Slow(1.5), after=7, times=10_000)
        id = await self.desk.backup(self.stream)
        async with asyncio.timeout(PATIENCE):
            while True:
                if len(await self.snapshots()) > snapshots:
                    break
                await asyncio.sleep(0.01)
        await (self.desk.pause(id) if wish == "pause" else self.desk.stop(id))
        job = await self.over(id, State.PAUSED if wish == "pause" else State.STOPPED)
        self.server.faults.clear()
        assert (await self.newest()).status is SnapshotStatus.PARTIAL
        return job

    async def snapshots(self) -> Sequence[Snapshot]:
        return await self.desk.snapshots(self.stream)

    async def newest(self) -> Snapshot:
        return (await self.snapshots())[0]

    async def diff(self) -> Sequence[DiffRow]:
        """What differs between the last two points in time."""
        new, old, *_ = await self.snapshots()
        return await self.desk.diff(self.stream, old.id, new.id)

    async def items(self, at: Snapshot | None = None) -> dict[str, list[Item]]:
        """All items of a point in time, by folder."""
        snapshot = at or await self.newest()
        found = {}
        for row in await self.desk.folders(self.stream, snapshot.id):
            ids = await self.desk.row_ids(self.stream, snapshot.id, row.folder.id, Order.NAME, False)
            found[row.path] = [one.item for one in await self.desk.rows([*ids])]
        return found

    async def bodies(self, at: Snapshot | None = None) -> dict[str, list[tuple[bytes, frozenset[str], int | None]]]:
        """All messages of a point in time as the vault gives them back."""
        return {
            path: sorted([(await self.desk.read(item), frozenset(item.flags), item.time) for item in items])
            for path, items in (await self.items(at)).items()
        }

    async def assert_saved(self, at: Snapshot | None = None) -> None:
        """The point in time holds what the mailbox holds: not less, not twice."""
        there = {
            path: sorted((data, flags, int(when.timestamp())) for data, flags, when in messages)
            for path, messages in contents(self.mailbox).items()
        }
        assert await self.bodies(at) == there
        snapshot = at or await self.newest()
        assert snapshot.items == sum(map(len, there.values()))

    def files(self, *below: str) -> set[Path]:
        return {file for part in below for file in (self.vault / part).rglob("*") if file.is_file()}

    def dump(self) -> list[str]:
        return list(self.desk._workspace.catalog.dump(self.stream))


async def desk_in(folder: Path) -> AsyncIterator[Desk]:
    """A desk with a vault that costs little."""
    Vault.create(LocalStore(folder / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    desk = Desk(folder / "home")
    await desk.adopt_vault(str(folder / "vault"), PASSPHRASE)
    yield desk
    await desk.close()


async def vault_in(folder: Path) -> None:
    """A home with a vault that costs little, and that nobody has open."""
    async for _ in desk_in(folder):
        pass
