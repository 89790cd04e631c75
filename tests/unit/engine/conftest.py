"""A bench with a real vault and a real catalog; the worlds outside are scripted."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import ItemFault, Misconfigured, NotFound
from saasbackup_desktop.core.ids import ConnectionName, JobId, NodeId, StreamId
from saasbackup_desktop.core.jobs import ItemFailure
from saasbackup_desktop.core.model import Account, Folder, Item, Provider, Service, account_id, stream_id
from saasbackup_desktop.core.ports import BlobStore, Fetched, Known, Source, Target
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Put
from saasbackup_desktop.engine.bench import Bench, Description
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault

BOX = NodeId("box")


class HandClock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.time = 1_790_000_000

    def now(self) -> int:
        return self.time


def account(name: str) -> Account:
    address = f"{name}@example.org"
    return Account(id=account_id(Provider.IMAP, "mail", address), provider=Provider.IMAP, address=address)


def stream(name: str) -> StreamId:
    return stream_id(account(name).id, Service.MAIL)


def letter(number: int, text: str = "") -> Item:
    return Item(
        id=NodeId(f"box-{number:08x}"),
        parent=BOX,
        revision=f"1:{number}",
        place=f"1:{number}",
        size=100,
        flags=("\\Seen",),
    )


@dataclass
class Script:
    """What a pretended source says, stretch by stretch, and what it will not give."""

    stretches: list[list[Change]] = field(default_factory=list)
    refused: dict[NodeId, ItemFault] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    """Wait for it before saying anything."""
    fault: Exception | None = None
    """Raise it at the end, instead of being complete."""
    catalog: Catalog | None = None
    """Raise it only when all that was said is recorded there."""
    asked: list[NodeId] = field(default_factory=list)
    since: list[Cursor | None] = field(default_factory=list)
    closed: int = 0

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        self.since.append(since)
        if self.gate is not None:
            await self.gate.wait()
        for number, stretch in enumerate(self.stretches):
            for change in stretch:
                yield change
            yield Checkpoint({"stretch": number})
        if self.fault is not None:
            while self.catalog is not None:
                position = self.catalog.position(stream("ada"))
                if position is not None and position.cursor == {"stretch": len(self.stretches) - 1}:
                    break
                await asyncio.sleep(0.005)
            raise self.fault
        yield Checkpoint({"stretch": "end"}, complete=True)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        for item in items:
            self.asked.append(item.id)
            yield [Fetched(item, self.refused.get(item.id) or f"body of {item.revision}".encode())]

    async def close(self) -> None:
        self.closed += 1


@dataclass
class ScriptedDoors:
    """Doors to scripts, by the account's name."""

    scripts: dict[StreamId, Script] = field(default_factory=dict)
    accounts: dict[StreamId, Account] = field(default_factory=dict)
    connections: dict[ConnectionName, StreamId] = field(default_factory=dict)
    places: dict[str, BlobStore] = field(default_factory=dict)

    def add(self, name: str, script: Script | None = None) -> Script:
        found = script or Script()
        self.scripts[stream(name)] = found
        self.accounts[stream(name)] = account(name)
        self.connections[ConnectionName(name)] = stream(name)
        return found

    def source(self, stream: StreamId) -> Source:
        return self.scripts[stream]

    def target(self, connection: ConnectionName, service: Service) -> Target:
        raise Misconfigured("nothing is written here", what="unknown-connection", name=connection)

    def stream_of(self, connection: ConnectionName, service: Service) -> StreamId:
        if connection not in self.connections:
            raise Misconfigured("no such connection", what="unknown-connection", name=connection)
        return self.connections[connection]

    def account(self, stream: StreamId) -> tuple[Account, Service]:
        return self.accounts[stream], Service.MAIL

    def place(self, location: str, settings: Sequence[tuple[str, str]]) -> BlobStore:
        return self.places[location]

    def describe(self, service: Service, data: bytes) -> Description:
        facets: Mapping[str, str] = {"message-id": f"<{len(data)}>"}
        return Description(name=data.decode(), facets=facets, text=data.decode(), attachments="")


@dataclass
class Notes:
    """A journal that remembers."""

    job: JobId = field(default_factory=lambda: JobId("0"))
    codes: list[str] = field(default_factory=list)
    failures: list[ItemFailure] = field(default_factory=list)

    async def note(self, level: str, code: str, **facts: str | int) -> None:
        self.codes.append(code)

    async def failed(self, failure: ItemFailure) -> None:
        self.failures.append(failure)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def doors() -> ScriptedDoors:
    return ScriptedDoors()


@pytest.fixture
async def bench(tmp_path: Path, doors: ScriptedDoors, clock: HandClock) -> AsyncIterator[Bench]:
    cheap = Argon2(memory=64, passes=1, lanes=1)
    vault, _key = Vault.create(LocalStore(tmp_path / "vault"), "a passphrase", clock, argon2=cheap)
    catalog = Catalog.open(tmp_path / "catalog.db", bytes(32))
    offload = Offload()
    yield Bench(vault, catalog, offload, clock, doors, "test", "test")
    catalog.close()
    offload.close()


def box(*numbers: int) -> list[Change]:
    """A folder with letters."""
    folder = Folder(id=BOX, parent=None, name="INBOX")
    return [Put(folder), *(Put(letter(number)) for number in numbers)]


GONE = NotFound("gone")
