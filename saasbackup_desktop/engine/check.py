"""Prove that the vault is whole."""

import asyncio
from dataclasses import dataclass

from saasbackup_desktop.catalog.catalog import DamageEntry
from saasbackup_desktop.core.jobs import Check
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter


@dataclass(slots=True)
class _Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


async def check(bench: Bench, spec: Check, meter: Meter, journal: Journal) -> None:
    """Walk heads, trees and packs; every damage is written down with the names of its items."""
    meter.doing = "checking"
    wish = _Wish()
    walking = asyncio.ensure_future(bench.offload.on_disk(_walk, bench, spec, meter, wish))
    try:
        damages = await asyncio.shield(walking)
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([walking])
        raise
    meter.failed += len(damages)
    await bench.offload.on_catalog(bench.catalog.add_damages, journal.job, damages)


def _walk(bench: Bench, spec: Check, meter: Meter, wish: _Wish) -> list[DamageEntry]:
    def progress(done: int, total: int) -> None:
        meter.items_done, meter.items_total = done, total

    damages = bench.vault.check(spec.read_percent, progress, lambda: wish.stop)
    return [DamageEntry(one.file, one.code, one.items) for one in damages]
