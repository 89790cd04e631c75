"""Prove that the vault is whole."""

import asyncio
from dataclasses import dataclass

from saasbackup_desktop.core.jobs import Check, ItemFailure
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter


@dataclass(slots=True)
class _Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


async def check(bench: Bench, spec: Check, meter: Meter, journal: Journal) -> None:
    """Walk heads, trees and packs; every damage is a failure of the job that names its items."""
    meter.doing = "checking"
    wish = _Wish()
    walking = asyncio.ensure_future(bench.offload.on_disk(_walk, bench, spec, meter, wish))
    try:
        damages = await asyncio.shield(walking)
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([walking])
        raise
    for file, code, items in damages:
        meter.failed += max(1, len(items))
        for name in items or ("",):
            await journal.failed(ItemFailure(path=file, name=name, code=f"damage-{code}"))


def _walk(bench: Bench, spec: Check, meter: Meter, wish: _Wish) -> list[tuple[str, str, tuple[str, ...]]]:
    def progress(done: int, total: int) -> None:
        meter.items_done, meter.items_total = done, total

    damages = bench.vault.check(spec.read_percent, progress, lambda: wish.stop)
    return [(damage.file, damage.code, tuple(damage.items)) for damage in damages]
