"""Let go of what retention does not keep, and of what somebody discarded."""

import asyncio
from dataclasses import dataclass

from saasbackup_desktop.core.errors import Cancelled
from saasbackup_desktop.core.jobs import Discard, Prune
from saasbackup_desktop.engine.adopt import adopt
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.watch import settle_holds
from saasbackup_desktop.vault.retention.housekeeping import Pruned


@dataclass(slots=True)
class _Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


async def prune(bench: Bench, spec: Prune | Discard, meter: Meter, journal: Journal) -> None:
    """Remove from the vault what is due, put into its trash what goes next, and let the catalog follow.

    Raises VaultBusy, once all else is done, if somebody at work stands in the way of a removal.
    """
    meter.doing = "pruning"
    await settle_holds(bench, anew=True)
    wish = _Wish()
    working = asyncio.ensure_future(bench.offload.on_disk(_work, bench, spec, meter, wish))
    try:
        pruned = await asyncio.shield(working)
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([working])
        if not working.cancelled():
            working.exception()  # taken note of: the job is over
        raise
    except Cancelled as error:
        raise asyncio.CancelledError from error
    finally:
        if working.done():
            await _follow(bench, meter, journal)
    meter.items_done = meter.items_total
    await _tell(pruned, meter, journal)


def _work(bench: Bench, spec: Prune | Discard, meter: Meter, wish: _Wish) -> Pruned:
    def progress(done: int, total: int) -> None:
        meter.items_done, meter.items_total = done, total

    housekeeping, remembered = bench.vault.housekeeping, bench.catalog.remembered()
    if isinstance(spec, Prune):
        return housekeeping.prune(
            bench.owner, spec.grace_days, bench.program, progress, lambda: wish.stop, remembered=remembered
        )
    return housekeeping.discard(
        spec.stream,
        spec.snapshots,
        bench.owner,
        spec.grace_days,
        bench.program,
        progress,
        lambda: wish.stop,
        remembered=remembered,
    )


async def _follow(bench: Bench, meter: Meter, journal: Journal) -> None:
    """Let the catalog forget what was removed."""
    for stream, _, _ in await bench.offload.on_reading(bench.catalog.accounts):
        await adopt(bench, stream, Meter(), journal)


async def _tell(pruned: Pruned, meter: Meter, journal: Journal) -> None:
    """Write down what was done; pass on who stood in the way."""
    meter.bytes_stored += pruned.grown
    if pruned.trash is not None:
        heads, packs = len(pruned.trash.heads), len(pruned.trash.packs)
        await journal.note(
            "info",
            "prune-trashed",
            trash=pruned.trash.id,
            snapshots=heads,
            files=packs,
            size=pruned.size,
            due=pruned.trash.due,
        )
    for swept in pruned.swept:
        meter.removed += swept.heads
        meter.bytes_freed += swept.freed
        if swept.heads or swept.packs:
            await journal.note("info", "prune-removed", snapshots=swept.heads, files=swept.packs, size=swept.freed)
        if swept.spared:
            await journal.note("info", "prune-spared", files=swept.spared)
        for locked in swept.locked:
            await journal.note("warning", "prune-locked", file=locked.name, until=locked.until)
    for swept in pruned.swept:
        if swept.busy is not None:
            raise swept.busy
