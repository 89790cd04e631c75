"""Plans for a directory: how long it takes to plan 100,000 changes, what that holds in memory, and to take it back."""

import asyncio
import gc
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.directory.drafting import Planning, Wish
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import Backup
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.plans import Plans
from saasbackup_desktop.engine.directory.surveying import make_plan
from saasbackup_desktop.engine.directory.undoing import keep_undo
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.providers.microsoft.entra.planning.codes import GRAVE
from saasbackup_desktop.providers.microsoft.entra.planning.planner import EntraPlanning
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.entra_diff import STREAM, Doors, Journal, Tenant, Watch
from tests.benchmarks.figures import span, tell, title

_COUNT: Final = 110_000
_MANY: Final = 100_000
_LIMIT: Final = 120.0


def run(count: int | None) -> None:
    """Measure with so many objects, 110,000 unless said otherwise."""
    count = count or _COUNT
    title(f"Plan: {count:,} objects, {min(_MANY, count):,} of them changed since, everything picked")
    place = Path(tempfile.mkdtemp(prefix="bench-entra-plan-"))
    try:
        asyncio.run(_measure(place, count))
    finally:
        shutil.rmtree(place, ignore_errors=True)


@dataclass
class _Doors(Doors):
    """Doors to a directory that can be planned for."""

    def planning(self, stream: StreamId) -> Planning:
        return EntraPlanning()


async def _measure(place: Path, count: int) -> None:
    tenant = Tenant()
    tenant.fill(count)
    cheap = Argon2(memory=64, passes=1, lanes=1)
    vault, _ = Vault.create(LocalStore(place / "vault"), "a passphrase", SystemClock(), argon2=cheap)
    catalog = Catalog.open(place / "catalog.db", bytes(32))
    offload = Offload()
    doors = _Doors(tenant)
    bench = Bench(vault, catalog, offload, SystemClock(), doors, "benchmark", str(os.getpid()), directories=doors)
    plans = Plans(catalog, offload)
    try:
        at = await back_up(bench, Backup(stream=STREAM), Meter(), Journal())
        tenant.strike(_MANY)
        gc.collect()
        gc.freeze()  # the made-up tenant is no part of what is measured
        before = psutil.Process().memory_info().rss
        wish = Wish(ticks=Ticks(wanted=frozenset({EVERYTHING})), accepts=GRAVE)
        watch = Watch()
        with watch.on(), span() as took:
            head = await make_plan(bench, STREAM, at, wish)
        held = psutil.Process().memory_info().rss - before
        beside = f"limit {_LIMIT:.0f} s; {sum(head.counts.values()):,} writes, {sum(head.left_out.values()):,} left out"
        tell("planned", f"{took.seconds:.1f} s", beside, good=took.seconds <= _LIMIT)
        tell("  memory after", f"{held / 1e6:.0f} MB", "")
        tell("  longest wait on the loop", f"{watch.longest * 1e3:.0f} ms", "")
        with span() as took:
            await plans.writes(head.id, sum(head.counts.values()) // 2, 200)
        tell("200 writes from its middle", f"{took.seconds * 1e3:.0f} ms", "")
        writes = await plans.writes(head.id)
        with watch.on(), span() as took:
            await keep_undo(bench, head.id, writes)
        tell("what takes it back", f"{took.seconds:.1f} s", f"longest wait on the loop {watch.longest * 1e3:.0f} ms")
    finally:
        catalog.close()
        offload.close()
