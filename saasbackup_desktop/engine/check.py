"""Prove that the vault is whole, or make it so."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from saasbackup_desktop.catalog.catalog import DamageEntry
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import Check
from saasbackup_desktop.core.model import Head, Node, SnapshotStatus
from saasbackup_desktop.engine.adopt import adopt
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.memory import remember
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.vault.vault import Damage, Deed

_T = TypeVar("_T")


@dataclass(slots=True)
class _Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


async def check(bench: Bench, spec: Check, meter: Meter, journal: Journal) -> None:
    """Walk heads, trees and packs; every damage is written down with the names of its items.

    A repair goes before it, if one is wanted, and is written down in the log; what is told after it is lost for now.
    """
    if spec.repair:
        meter.doing = "repairing"
        await _repair(bench, spec, meter, journal)
        spec = replace(spec, read_percent=0)  # what the repair has read is whole, or put aside
    meter.doing = "checking"
    wish = _Wish()
    share = _share(bench, spec, journal)
    read = await bench.offload.on_reading(bench.catalog.packs_read, share)
    try:
        damages = await _see_through(bench, wish, lambda: _walk(bench, spec, meter, wish, read))
    except asyncio.CancelledError:
        await asyncio.shield(asyncio.ensure_future(bench.offload.on_catalog(bench.catalog.keep_read, share, read)))
        raise
    await bench.offload.on_catalog(bench.catalog.keep_read, share, set())
    meter.failed += sum(not damage.is_harmless for damage in damages)
    whose = {str(stream): of.address for stream, of, _ in await bench.offload.on_reading(bench.catalog.accounts)}
    entries = [
        DamageEntry(damage.file, damage.code, tuple(whose.get(name, name) for name in damage.items))
        for damage in damages
    ]
    await bench.offload.on_catalog(bench.catalog.add_damages, journal.job, entries)
    for damage in damages:
        if damage.more:
            await journal.note("warning", "names-left-out", file=damage.file, count=damage.more)


async def _repair(bench: Bench, spec: Check, meter: Meter, journal: Journal) -> None:
    wish = _Wish()
    for deed in await _see_through(bench, wish, lambda: _mend(bench, spec, meter, wish)):
        await journal.note("warning", f"repair-{deed.code}", file=deed.file, names=", ".join(deed.names))
    for stream in await bench.offload.on_disk(bench.vault.streams):
        await adopt(bench, stream, Meter(), journal)
        await remember(bench, stream, journal, anew=True)
        head = await bench.offload.on_disk(bench.vault.last_head, stream)
        lost = await bench.offload.on_disk(_count_lost, bench, head.root) if head is not None else 0
        if lost and head is not None:
            await journal.note("warning", "repair-owed", name=head.account.address, items=lost)
    await _tell_lost(bench, journal)


async def _tell_lost(bench: Bench, journal: Journal) -> None:
    """Name the points in time that the catalog knows, and that the vault has no more though nobody let go of them.

    The catalog says so of them from then on.
    """
    for stream, account, _ in await bench.offload.on_reading(bench.catalog.accounts):
        there = {head.snapshot.id for head in await bench.offload.on_disk(bench.vault.heads, stream)}
        there |= await bench.offload.on_disk(bench.vault.housekeeping.removed, stream)
        lost: dict[SnapshotId, SnapshotStatus] = {}
        for known in await bench.offload.on_reading(bench.catalog.snapshots, stream):
            if known.id not in there:
                made = datetime.fromtimestamp(known.started, UTC).isoformat()
                told = {"snapshot": known.id, "name": account.address, "made": made}
                await journal.note("warning", "repair-lost", items=known.items, **told)
                lost[known.id] = SnapshotStatus.LOST
        await bench.offload.on_catalog(bench.catalog.set_status, stream, lost)


async def _see_through(bench: Bench, wish: _Wish, work: Callable[[], _T]) -> _T:
    """Let work end in its own time when the job is cancelled."""
    working = asyncio.ensure_future(bench.offload.on_disk(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([working])
        if not working.cancelled():
            working.exception()  # taken note of: the job is over
        raise


def _share(bench: Bench, spec: Check, journal: Journal) -> str:
    """Name what is to be read: a day's share, or everything, which another check reads again."""
    return f"job {journal.job}" if spec.read_percent >= 100 else f"{bench.clock.now() // 86400} {spec.read_percent} %"


def _walk(bench: Bench, spec: Check, meter: Meter, wish: _Wish, read: set[bytes]) -> list[Damage]:
    def progress(done: int, total: int) -> None:
        meter.bytes_done, meter.bytes_total = done, total

    def files(done: int, total: int) -> None:
        meter.items_done, meter.items_total = done, total

    remembered = bench.catalog.remembered()
    found = bench.vault.check(
        spec.read_percent, progress, lambda: wish.stop, remembered, files=files, tells_all=True, read=read
    )
    return list(found)


def _mend(bench: Bench, spec: Check, meter: Meter, wish: _Wish) -> list[Deed]:
    def progress(done: int, total: int) -> None:
        meter.bytes_done, meter.bytes_total = done, total

    def recall(head: Head) -> Iterable[Node] | None:
        """What the catalog knows of a point in time."""
        try:
            bench.catalog.snapshot(head.snapshot.stream, head.snapshot.id)
        except Misconfigured:
            return None
        return bench.catalog.nodes_at(head.snapshot.stream, head.snapshot.id)

    return bench.vault.repair(
        progress,
        lambda: wish.stop,
        read_percent=spec.read_percent,
        recall=recall,
        remembered=bench.catalog.remembered(),
        owner=bench.owner,
    )


def _count_lost(bench: Bench, root: str) -> int:
    return sum(1 for _ in bench.vault.lost(root))
