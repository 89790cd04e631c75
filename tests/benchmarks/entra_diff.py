"""Comparisons of a directory: how long a person waits for 1,000 and for 100,000 changes, and what it costs."""

import asyncio
import gc
import os
import random
import resource
import shutil
import tempfile
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import psutil

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.directory.comparison import LIVE, CompareRequest, Comparison, DifferenceQuery
from saasbackup_desktop.core.directory.drafting import Planning
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, written
from saasbackup_desktop.core.directory.ports import Directory, Heard, WritableDirectory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, ItemFailure
from saasbackup_desktop.core.model import Account, Folder, Item, Provider, Service, account_id, stream_id
from saasbackup_desktop.core.ports import BlobStore, Fetched, Known, Source, Target
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Put
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench, Description
from saasbackup_desktop.engine.directory.comparing import Comparisons
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.source import item_of
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.figures import span, tell, title

_COUNT: Final = 110_000
_FEW, _MANY = 1_000, 100_000
_FEW_LIMIT, _MANY_LIMIT, _STALL_LIMIT = 2.0, 60.0, 0.050
_STRETCH: Final = 2_000
_ACCOUNT = Account(
    id=account_id(Provider.MICROSOFT, "fernwick", "fernwick"), provider=Provider.MICROSOFT, address="fernwick.example"
)
STREAM = stream_id(_ACCOUNT.id, Service.DIRECTORY)
_SHARES: Final = {"users": 0.78, "groups": 0.12, "devices": 0.08, "servicePrincipals": 0.02}


def run(count: int | None) -> None:
    """Measure with so many objects, 110,000 unless said otherwise."""
    count = count or _COUNT
    title(f"Directory: {count:,} objects, {_FEW:,} and {min(_MANY, count):,} of them changed")
    place = Path(tempfile.mkdtemp(prefix="bench-entra-diff-"))
    try:
        asyncio.run(_measure(place, count))
    finally:
        shutil.rmtree(place, ignore_errors=True)


@dataclass
class Tenant:
    """A made-up directory."""

    objects: dict[str, DirectoryObject] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Since the last backup."""
    dice: random.Random = field(default_factory=lambda: random.Random(0))

    def id(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def put(self, one: DirectoryObject) -> None:
        self.objects[one.key] = one
        self.changed.append(one.key)

    def fill(self, count: int) -> None:
        for kind, share in _SHARES.items():
            for number in range(int(count * share)):
                self.put(self._made(kind, number))

    def strike(self, count: int) -> None:
        """Change so many objects: nine of ten are edited, the others come and go."""
        for number, key in enumerate(self.dice.sample(sorted(self.objects), min(count, len(self.objects)))):
            one = self.objects[key]
            if number % 20 == 0:
                del self.objects[key]
                self.gone.append(key)
            elif number % 20 == 1 and number > 20:
                self.put(self._made(one.kind, 1_000_000 + self.dice.randrange(1_000_000)))
            else:
                self.put(self._edited(one))

    def _edited(self, one: DirectoryObject) -> DirectoryObject:
        words = self.dice.choice(("Attacked", "Renamed", "Moved"))
        changes = {"department": words, "displayName": f"{one.name} {words}", "accountEnabled": False}
        links = one.links[1:] if one.kind == "groups" else one.links
        return replace(one, properties={**one.properties, **changes}, links=links)

    def _made(self, kind: str, number: int) -> DirectoryObject:
        name = f"{kind} {number:06} {self.dice.choice(('Ada', 'Bob', 'Cem', 'Dana'))}"
        properties = {
            "id": self.id(),
            "displayName": name,
            "mail": f"{kind}.{number}@fernwick.example",
            "accountEnabled": True,
            "description": "Made up, as long as such things are: " + self.id(),
            "createdDateTime": f"2026-01-{number % 28 + 1:02}T08:00:00Z",
            "proxyAddresses": [f"SMTP:{kind}.{number}@fernwick.example", f"smtp:{number}@fernwick.example"],
            "assignedLicenses": [{"skuId": self.id(), "disabledPlans": []} for _ in range(2)],
            "onPremisesExtensionAttributes": {f"extensionAttribute{place}": None for place in range(1, 16)},
            **{name: f"{name} of {number}" for name in ("jobTitle", "companyName", "city", "streetAddress", "surname")},
            **{f"empty{place}": None for place in range(12)},
        }
        people = 20 if kind == "groups" else 1
        links = tuple(sorted(Link("members", self.id(), kind="users") for _ in range(people)))
        return DirectoryObject(kind=kind, id=str(properties["id"]), name=name, properties=properties, links=links)


@dataclass
class Doors:
    """Doors to it."""

    tenant: Tenant

    def source(self, stream: StreamId) -> Source:
        return _Reading(self.tenant)

    def target(self, connection: ConnectionName, service: Service) -> Target:
        raise Misconfigured("nothing is written here")

    def stream_of(self, connection: ConnectionName, service: Service) -> StreamId:
        return STREAM

    def account(self, stream: StreamId) -> tuple[Account, Service]:
        return _ACCOUNT, Service.DIRECTORY

    def place(self, location: str, settings: Sequence[tuple[str, str]]) -> BlobStore:
        raise Misconfigured("there is no other place")

    def describe(self, service: Service, data: bytes) -> Description:
        return Description(name="", facets={}, text=str(data[:200]), attachments="")

    def schema(self, stream: StreamId) -> Schema:
        return SCHEMA

    def planning(self, stream: StreamId) -> Planning:
        raise Misconfigured("nothing is planned here")

    def directory(self, stream: StreamId) -> Directory:
        return _Live(self.tenant)

    def directory_to_write(self, stream: StreamId) -> WritableDirectory:
        raise Misconfigured("nothing is written here")


@dataclass
class _Reading:
    tenant: Tenant

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        for kind in _SHARES:
            yield Put(Folder(id=NodeId(kind), parent=None, name=kind))
        for key in self.tenant.gone:
            yield Gone(NodeId(key))
        for number, key in enumerate(self.tenant.changed):
            if key in self.tenant.objects:
                yield Put(item_of(self.tenant.objects[key]))
            if number % _STRETCH == _STRETCH - 1:
                yield Checkpoint({"number": number})
        self.tenant.changed, self.tenant.gone = [], []
        yield Checkpoint({}, complete=True)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        yield [Fetched(item, written(self.tenant.objects[item.id])) for item in items]

    async def close(self) -> None:
        """There is nothing to let go of."""


@dataclass
class _Live:
    tenant: Tenant

    @property
    def schema(self) -> Schema:
        return SCHEMA

    async def objects(self, kinds: Sequence[str]) -> AsyncGenerator[Heard, None]:
        for kind in kinds:
            all_of_them = [one for one in self.tenant.objects.values() if one.kind == kind]
            for start in range(0, len(all_of_them), 999):
                yield Heard(kind, all_of_them[start : start + 999])
                await asyncio.sleep(0)
            yield Heard(kind, (), is_last=True)

    async def some(self, keys: Sequence[str]) -> Mapping[str, DirectoryObject]:
        return {key: self.tenant.objects[key] for key in keys if key in self.tenant.objects}

    async def deleted(self) -> Mapping[str, DirectoryObject]:
        return {}

    async def close(self) -> None:
        """There is nothing to let go of."""


@dataclass
class Journal:
    job: JobId = field(default_factory=lambda: JobId("0"))

    async def note(self, level: str, code: str, **facts: str | int) -> None:
        """Nobody reads it."""

    async def failed(self, failure: ItemFailure) -> None:
        raise AssertionError(failure)


@dataclass
class Watch:
    """The longest time for which the loop did nothing else, in seconds."""

    longest: float = 0.0
    own: float = 0.0
    """The most of it that the loop's thread was at work itself: a busy machine does not disturb it."""
    _task: "asyncio.Task[None] | None" = None

    @contextmanager
    def on(self):  # type: ignore[no-untyped-def]
        self.longest = self.own = 0.0
        self._task = asyncio.get_running_loop().create_task(self._tick())
        try:
            yield self
        finally:
            self._task.cancel()

    async def _tick(self) -> None:
        while True:
            begun, used = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.005)
            self.longest = max(self.longest, time.perf_counter() - begun - 0.005)
            self.own = max(self.own, time.thread_time() - used)


async def _measure(place: Path, count: int) -> None:
    tenant = Tenant()
    tenant.fill(count)
    cheap = Argon2(memory=64, passes=1, lanes=1)
    vault, _ = Vault.create(LocalStore(place / "vault"), "a passphrase", SystemClock(), argon2=cheap)
    catalog = Catalog.open(place / "catalog.db", bytes(32))
    offload = Offload()
    doors = Doors(tenant)
    bench = Bench(vault, catalog, offload, SystemClock(), doors, "benchmark", str(os.getpid()), directories=doors)

    async def saved(what: str) -> SnapshotId:
        with span() as took:
            at = await back_up(bench, Backup(stream=STREAM), Meter(), Journal())
        tell(what, f"{took.seconds:.1f} s", "")
        return at

    first = await saved(f"saved, {len(tenant.objects):,} objects")
    tenant.strike(_FEW)
    second = await saved(f"saved, {_FEW:,} changed")
    tenant.strike(_MANY)
    third = await saved(f"saved, {min(_MANY, count):,} changed")
    gc.collect()
    gc.freeze()  # the made-up tenant is no part of what is measured
    comparisons = Comparisons(bench)
    try:
        await _compare(comparisons, first, second, f"{_FEW:,} changes, two snapshots", _FEW_LIMIT)
        await _compare(comparisons, second, third, f"{min(_MANY, count):,} changes, two snapshots", _MANY_LIMIT)
        await _compare(comparisons, second, LIVE, f"{min(_MANY, count):,} changes, snapshot and live", _MANY_LIMIT)
        await _compare(comparisons, third, LIVE, "no change, snapshot and live", _MANY_LIMIT)
    finally:
        await comparisons.close()
        catalog.close()
        offload.close()


async def _compare(comparisons: Comparisons, old: SnapshotId, new: SnapshotId, what: str, limit: float) -> None:
    before = psutil.Process().memory_info().rss
    watch = Watch()
    first_seen = 0.0
    used = time.process_time()
    with watch.on(), span() as took:
        begun = await comparisons.begin(CompareRequest(stream=STREAM, old=old, new=new))
        begun_at = time.perf_counter()
        while not (state := comparisons.state(begun.id)).is_done:
            await asyncio.sleep(0.01)
            if not first_seen and _found(state):
                first_seen = time.perf_counter() - begun_at
    assert not state.code, (state.code, state.detail)
    tell(what, f"{took.seconds:.2f} s", f"limit {limit:.0f} s; {_found(state):,} differ", good=took.seconds <= limit)
    if first_seen:
        tell("  first of them told after", f"{first_seen:.2f} s", "")
    tell("  of this process alone", f"{time.process_time() - used:.2f} s", "of a processor")
    held = psutil.Process().memory_info().rss - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    tell("  held in memory / peak of the whole process", f"{held / 1e6:.0f} MB", f"{peak / 1e6:.0f} MB")
    beside = f"limit {_STALL_LIMIT * 1e3:.0f} ms; {watch.own * 1e3:.0f} ms of it its own work at most"
    tell("  longest wait on the loop", f"{watch.longest * 1e3:.0f} ms", beside, good=watch.longest <= _STALL_LIMIT)

    async def timed(name: str, ask: Callable[[], Awaitable[object]]) -> None:
        with watch.on(), span() as waited:
            await ask()
        beside = f"longest wait on the loop {watch.longest * 1e3:.0f} ms, its own work {watch.own * 1e3:.0f} ms"
        tell(f"  {name}", f"{waited.seconds * 1e3:.0f} ms", beside, good=watch.longest <= _STALL_LIMIT)

    if _found(state):
        query = DifferenceQuery(limit=200)
        await timed("first page", lambda: comparisons.page(begun.id, query))
        await timed("another page of it", lambda: comparisons.page(begun.id, replace(query, offset=_found(state) // 2)))
        await timed("found by words", lambda: comparisons.page(begun.id, replace(query, words="dana 77")))
        row = (await comparisons.page(begun.id, query)).rows[0]
        await timed("one of them, whole", lambda: comparisons.one(begun.id, f"{row.kind}/{row.id}"))

        async def whole() -> None:
            async for _ in comparisons.whole(begun.id, DifferenceQuery(with_noise=True)):
                pass

        await timed("all of them, whole", whole)
    await comparisons.forget(begun.id)


def _found(state: Comparison) -> int:
    return sum(one.get(code, 0) for one in state.counts.values() for code in ("added", "removed", "changed"))
