"""A directory's backup: what it costs of what a tenant allows, how long it takes, and runs without a change."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item, Service
from saasbackup_desktop.core.ports import Glimpse
from saasbackup_desktop.core.stream import Put
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from saasbackup_desktop.providers.microsoft.entra.source import DirectorySource, directory_source
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, names, needed
from saasbackup_desktop.sim.graph.app import GraphApp
from saasbackup_desktop.sim.graph.entra.populating import populate
from saasbackup_desktop.sim.graph.manners import Manners
from saasbackup_desktop.sim.graph.tenant import Tenant
from saasbackup_desktop.sim.graph.units import Allowance
from tests.benchmarks.figures import span, tell, title
from tests.graph.child import Now
from tests.graph.home import Home
from tests.graph.stage import ROUTES, Stage, WholeSeconds
from tests.graph.virtual import run as run_virtually

_COUNT: Final = 50_000
_GOAL: Final = 0.95
_LATENCY: Final = 0.3
_DEMANDING: Final = ("users", "groups", "devices", "applications", "servicePrincipals")
_GRANTED: Final = frozenset(names(needed(WayIn.APPLICATION, [Service.DIRECTORY], [Purpose.BACK_UP])))


def run(count: int | None) -> None:
    """Measure with about so many objects, 50,000 unless said otherwise."""
    many = count or int(os.environ.get("SAASBACKUP_BENCH_ENTRA", _COUNT))
    title(f"Directory: about {many:,} objects at the published limits, waits in virtual time")
    _first_at_the_limits(many, Allowance())
    _first_at_the_limits(many, Allowance(units=_few(many)))
    _each_at_the_limits(many)
    asyncio.run(_through_the_engine(many))


def _few(many: int) -> int:
    """Units in ten seconds that are too few for a first backup to be let in at once."""
    return max(20, many // 2500)


@dataclass
class _Pretended:
    """A tenant that allows so much, and a client of it."""

    count: int
    allowance: Allowance

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.tenant = Tenant("fernwick.example", lambda: 1_790_000_000.0)
        _fill(self.tenant, self.count)
        self.app = GraphApp(self.tenant, ROUTES, Manners(latency=_LATENCY, allowance=self.allowance), loop.time)
        token = self.tenant.token(self.tenant.register(set(_GRANTED)))

        async def given(_renew: bool) -> str:
            return token

        self.graph = Graph(CLOUDS["global"], given, Now(), transport=httpx.ASGITransport(self.app))

    def told(self, what: str, objects: int, seconds: float) -> None:
        """Say what was used of what was allowed: a full bucket, and what flowed into it."""
        allowed = self.allowance.units * (1 + seconds / self.allowance.seconds)
        share = self.app.units.spent / allowed
        waited = self.graph.units.waited > 0
        tell(
            what,
            f"{self.app.units.spent:,} units",
            f"{objects:,} objects in {seconds:,.1f} s, {len(self.app.log):,} requests; allowed "
            f"{allowed:,.0f}: {share:.1%}{'' if waited else ', never held back'}; refused {self.app.units.refused}",
            good=share >= _GOAL if waited else self.app.units.refused == 0,
        )


def _first_at_the_limits(count: int, allowance: Allowance) -> None:
    async def work() -> tuple[_Pretended, int]:
        pretended = _Pretended(count, allowance)
        source, objects, waiting = directory_source(pretended.graph), 0, list[Item]()
        async for change in source.changes(None, _Nothing()):
            if isinstance(change, Put) and isinstance(change.node, Item):
                waiting.append(change.node)
            if len(waiting) >= 400:
                objects += await _fetched(source, waiting)
        objects += await _fetched(source, waiting)
        await source.close()
        return pretended, objects

    (pretended, objects), seconds = run_virtually(work())
    pretended.told(f"first backup, {allowance.units:,} units in 10 s", objects, seconds)


async def _fetched(source: DirectorySource, waiting: list[Item]) -> int:
    read = 0
    async for batch in source.fetch(waiting):
        read += len(batch)
    waiting.clear()
    return read


def _each_at_the_limits(count: int) -> None:
    """What costs most: every object by itself, with its links, as a restore looks at them."""

    async def work() -> tuple[_Pretended, int]:
        pretended = _Pretended(count, Allowance())
        directory = live_directory(pretended.graph)
        keys = [f"{kind}/{id}" for kind in _DEMANDING for id in pretended.tenant.directory.objects(kind)]
        found = await directory.some(keys)
        await directory.close()
        return pretended, len(found)

    (pretended, objects), seconds = run_virtually(work())
    pretended.told("every object by itself, 8,000 units in 10 s", objects, seconds)


class _Nothing:
    """``core.ports.Known`` before the first backup."""

    async def folders(self) -> Sequence[Folder]:
        return ()

    async def within(self, folder: NodeId) -> Sequence[Glimpse]:
        return ()

    async def items(self, ids: Sequence[NodeId]) -> Mapping[NodeId, Item]:
        return {}

    async def alike(self, sizes: Sequence[int]) -> Mapping[int, Sequence[Item]]:
        return {}


def _fill(tenant: Tenant, count: int) -> None:
    populate(
        tenant,
        users=count * 60 // 100,
        groups=count * 12 // 100,
        devices=count * 22 // 100,
        applications=count * 2 // 100,
        contacts=count // 100,
        units=20,
    )


class _Unwatched(Stage):
    """A stage without a referee: what is measured is the program."""

    def __post_init__(self) -> None:
        self.tenant = Tenant(self.domain, self.clock.now)
        self.app = GraphApp(self.tenant, ROUTES, self.manners)
        self.application = self.tenant.register(set(self.granted))
        self._token = ""
        self.shared = Graph(
            CLOUDS["global"], self.token, WholeSeconds(self.clock), transport=httpx.ASGITransport(self.app)
        )

    def graph(self) -> Graph:
        """A handle of the one client."""
        return self.shared.share()


async def _through_the_engine(count: int) -> None:
    title(f"Directory: about {count:,} objects, through the engine into a vault, in real time")
    place = Path(tempfile.mkdtemp(prefix="bench-entra-"))
    try:
        stage = _Unwatched(granted=_GRANTED, manners=Manners(allowance=Allowance()))
        _fill(stage.tenant, count)
        home = Home(place, stage)
        stream = home.doors.protect_directory()
        with span() as first:
            begun = time.process_time()
            await home.back_up(stream)
            spent = time.process_time() - begun
        items = len(home.items(stream))
        failed = len(home.journal.failures)
        tell(
            "first backup",
            f"{first.seconds:,.1f} s",
            f"{items:,} objects, {items / first.seconds:,.0f}/s; failed {failed}",
        )
        tell("processor, the pretended service included", f"{spent / items * 1000:,.2f} ms", "an object")
        asked, used = len(stage.app.log), stage.app.units.spent
        before = _size(place / "vault")
        with span() as second:
            await home.back_up(stream)
        grown = _size(place / "vault") - before
        tell(
            "run without a change",
            f"{second.seconds:,.1f} s",
            f"{len(stage.app.log) - asked} requests, {stage.app.units.spent - used} units; {grown} bytes written",
            good=not grown,
        )
        home.close()
        await stage.shared.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
