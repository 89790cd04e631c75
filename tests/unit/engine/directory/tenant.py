"""A made-up directory: the real engine backs it up and compares it, while a test changes it by hand."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from saasbackup_desktop.core.directory.drafting import Planning
from saasbackup_desktop.core.directory.objects import UNREAD, DirectoryObject, Link, node_of, written
from saasbackup_desktop.core.directory.ports import NOT_OFFERED, Directory, Heard, WritableDirectory
from saasbackup_desktop.core.directory.schema import WRITABLE, Kind, Nature, Schema, Trait
from saasbackup_desktop.core.errors import Fault, Misconfigured, Refused
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.model import Account, Folder, Item, Provider, Service, account_id, stream_id
from saasbackup_desktop.core.ports import Fetched, Known, Source
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Json, Put, Unread
from saasbackup_desktop.engine.bench import Description
from tests.unit.engine.conftest import ScriptedDoors

ACCOUNT = Account(
    id=account_id(Provider.MICROSOFT, "contoso", "contoso"), provider=Provider.MICROSOFT, address="contoso.example"
)
STREAM = stream_id(ACCOUNT.id, Service.DIRECTORY)
Facets = Callable[[DirectoryObject], Mapping[str, str]]
NOISE = Trait(Nature.READ_ONLY, "set-by-the-service", is_noise=True)
SCHEMA: Schema = {
    kind.id: kind
    for kind in (
        Kind(
            id="users",
            family="identities",
            attributes={"displayName": WRITABLE, "lastSeen": NOISE},
            relations={"manager": WRITABLE},
            otherwise=WRITABLE,
        ),
        Kind(id="groups", family="identities", relations={"members": WRITABLE}, otherwise=WRITABLE),
        Kind(id="policies", family="access", otherwise=WRITABLE),
    )
}


@dataclass
class Tenant:
    """What is in the directory now, and what of it cannot be read."""

    objects: dict[str, DirectoryObject] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    """Kinds that cannot be read."""
    refused: set[str] = field(default_factory=set)
    """Keys of objects that cannot be read."""
    kinds: list[str] = field(default_factory=lambda: list(SCHEMA))
    """Those that a backup looks at."""

    def put(self, kind: str, id: str, *links: Link, name: str = "", **properties: Json) -> DirectoryObject:
        """Make an object, or make another one of it."""
        name = name or f"{kind} {id}"
        one = DirectoryObject(
            kind=kind,
            id=id,
            name=name,
            properties={"displayName": name, **properties},
            links=tuple(sorted(links)),
        )
        self.objects[one.key] = one
        return one

    def change(self, key: str, **properties: Json) -> None:
        """Change what an object says."""
        one = self.objects[key]
        name = str(properties.get("displayName", one.name))
        self.objects[key] = replace(one, name=name, properties={**one.properties, **properties})

    def link(self, key: str, *links: Link) -> None:
        """Give an object other links."""
        self.objects[key] = replace(self.objects[key], links=tuple(sorted(links)))

    def of(self, kind: str) -> list[DirectoryObject]:
        """All objects of a kind."""
        return [one for one in self.objects.values() if one.kind == kind]


def item_of(one: DirectoryObject, facets: Facets | None = None) -> Item:
    """An object's item."""
    data = written(one)
    return Item(
        id=node_of(one.kind, one.id),
        parent=NodeId(one.kind),
        name=one.name,
        revision=hashlib.sha256(data).hexdigest(),
        size=len(data),
        place=one.id,
        facets={"kind": one.kind, **(facets(one) if facets else {})},
    )


@dataclass
class TenantSource:
    """Reads the tenant for a backup."""

    tenant: Tenant
    facets: Facets | None = None

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        for kind in self.tenant.kinds:
            if kind in self.tenant.denied:
                if kind in {str(folder.id) for folder in await known.folders()}:
                    yield Put(Folder(id=NodeId(kind), parent=None, name=kind, facets={UNREAD: "denied"}))
                yield Unread(NodeId(kind), kind, "denied")
                continue
            yield Put(Folder(id=NodeId(kind), parent=None, name=kind))
            there = {item.id: item for item in (item_of(one, self.facets) for one in self.tenant.of(kind))}
            before = {glimpse.id: glimpse for glimpse in await known.within(NodeId(kind))}
            for id in before.keys() - there.keys():
                yield Gone(id)
            for id, item in there.items():
                if id not in before or before[id].revision != item.revision:
                    yield Put(item)
            yield Checkpoint({"kind": kind})
        yield Checkpoint({"kind": ""}, complete=True)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        yield [
            Fetched(item, Refused("no") if item.id in self.tenant.refused else written(self.tenant.objects[item.id]))
            for item in items
        ]

    async def close(self) -> None:
        """There is nothing to let go of."""


@dataclass
class LiveTenant:
    """Reads the tenant as it is now, a few objects at a time, kinds side by side."""

    tenant: Tenant
    page: int = 2
    fault: Fault | None = None
    """Raised in the middle."""
    twice: bool = False
    """Tells the last of a page once more on the next one."""
    misses: set[str] = field(default_factory=set)
    """Keys that slip between two pages."""
    lapsed: set[str] = field(default_factory=set)
    """Kinds that the tenant has no licence for any more."""
    gate: asyncio.Event | None = None
    """Waited for after the first round."""
    asked: list[str] = field(default_factory=list)
    closed: int = 0

    @property
    def schema(self) -> Schema:
        return SCHEMA

    async def objects(self, kinds: Sequence[str]) -> AsyncGenerator[Heard, None]:
        self.asked += kinds
        ahead = {kind: [one for one in self.tenant.of(kind) if one.key not in self.misses] for kind in kinds}
        while ahead:
            for kind in list(ahead):
                some, rest = ahead[kind][: self.page], ahead[kind][self.page :]
                ahead[kind] = [*some[-1:], *rest] if self.twice and rest else rest
                if kind in self.lapsed:
                    del ahead[kind]
                    yield Heard(kind, (), is_last=True, detail=NOT_OFFERED)
                elif kind in self.tenant.denied:
                    del ahead[kind]
                    yield Heard(kind, some, is_last=True, code="denied", detail="no")
                elif not ahead[kind]:
                    del ahead[kind]
                    yield Heard(kind, some, is_last=True)
                else:
                    yield Heard(kind, some)
            if self.fault is not None:
                raise self.fault
            if self.gate is not None:
                await self.gate.wait()

    async def some(self, keys: Sequence[str]) -> Mapping[str, DirectoryObject]:
        return {key: self.tenant.objects[key] for key in keys if key in self.tenant.objects}

    async def deleted(self) -> Mapping[str, DirectoryObject]:
        return {}

    async def close(self) -> None:
        self.closed += 1


@dataclass
class TenantDoors(ScriptedDoors):
    """Doors to the tenant, for backups and for looking."""

    tenant: Tenant = field(default_factory=Tenant)
    live: list[LiveTenant] = field(default_factory=list)
    facets: Facets | None = None
    """More that a backup says of an object."""
    prepared: LiveTenant | None = None
    """The next one that is opened."""

    def source(self, stream: StreamId) -> Source:
        return TenantSource(self.tenant, self.facets)

    def account(self, stream: StreamId) -> tuple[Account, Service]:
        return ACCOUNT, Service.DIRECTORY

    def describe(self, service: Service, data: bytes) -> Description:
        return Description(name="", facets={}, text=data.decode("utf-8", "replace"), attachments="")

    def schema(self, stream: StreamId) -> Schema:
        return SCHEMA

    def directory(self, stream: StreamId) -> Directory:
        self.live.append(self.prepared or LiveTenant(self.tenant))
        return self.live[-1]

    def planning(self, stream: StreamId) -> Planning:
        raise Misconfigured("nothing is planned here", what="not-connected", name=stream)

    def directory_to_write(self, stream: StreamId) -> WritableDirectory:
        raise Misconfigured("nothing is written here", what="not-connected", name=stream)
