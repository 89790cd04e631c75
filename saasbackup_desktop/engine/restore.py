"""Restore and migrate: copy what was selected of a snapshot to a live account, then read it back and compare."""

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from saasbackup_desktop.core.errors import BodyDamaged, ItemFault, NameRefused, NotVerified, TooLarge
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.jobs import ItemFailure, Restore
from saasbackup_desktop.core.model import Conflict, Item
from saasbackup_desktop.core.ports import Delivery, Receipt, Target
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.plan import FolderPlan, make_plan
from saasbackup_desktop.engine.twins import RESTORED, find_twins, length, plain_flags

BATCH_BYTES = 4 << 20
BATCH_ITEMS = 200
LARGE = 8 << 20
"""Items above this many bytes are streamed one by one."""


@dataclass(slots=True)
class _Run:
    bench: Bench
    spec: Restore
    target: Target
    meter: Meter
    journal: Journal
    limit: int | None


async def restore(bench: Bench, spec: Restore, target: Target, meter: Meter, journal: Journal) -> None:
    """Carry out a restore. It may be cut anywhere and run again: what the target has by then is skipped.

    Raises Fault if the target is lost or full.
    """
    plan = await make_plan(bench, spec, target, meter)
    meter.bytes_total = plan.size
    run = _Run(bench, spec, target, meter, journal, plan.limit)
    for folder in plan.folders:
        meter.where = "/".join(folder.path)
        meter.doing = "writing"
        meter.skipped += len(folder.skip)
        meter.items_done += len(folder.skip)
        if folder.problem:
            await _fail_all(run, folder, folder.problem)
            continue
        try:
            into = await target.folder(folder.path)
        except NameRefused as fault:
            await _fail_all(run, folder, fault.code)
            continue
        for item in folder.altered:
            await _failed(run, folder, item, NotVerified.code, "body")
        await _write(run, folder, into)
        await _mark(run, folder, into)


async def _fail_all(run: _Run, folder: FolderPlan, detail: str) -> None:
    for item in (*folder.add, *(item for _id, item in folder.mark)):
        await _failed(run, folder, item, NameRefused.code, detail)


async def _failed(run: _Run, folder: FolderPlan, item: Item, code: str, detail: str) -> None:
    run.meter.failed += 1
    run.meter.items_done += 1
    await run.journal.failed(ItemFailure(path="/".join(folder.path), name=item.name, code=code, detail=detail))


async def _write(run: _Run, folder: FolderPlan, into: NodeId) -> None:
    """Write the folder's items in batches; each batch is read back before the next one goes out."""
    for batch in _batches(folder.add):
        run.meter.doing = "writing"
        deliveries = await _deliveries(run, folder, batch, into)
        if not deliveries:
            continue
        receipts = await run.target.put(deliveries)
        written = []
        for receipt in receipts:
            if receipt.fault is not None:
                await _failed(run, folder, receipt.item, receipt.fault.code, receipt.fault.detail)
            else:
                written.append(receipt)
                run.meter.bytes_done += length(receipt.item)
        run.meter.doing = "verifying"
        await _verify(run, folder, into, written)


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        if batch and (size + length(item) > BATCH_BYTES or len(batch) >= BATCH_ITEMS):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length(item)
    if batch:
        yield batch


async def _deliveries(run: _Run, folder: FolderPlan, batch: Sequence[Item], into: NodeId) -> list[Delivery]:
    deliveries = []
    for item in batch:
        if run.limit is not None and length(item) > run.limit:
            await _failed(run, folder, item, TooLarge.code, f"{length(item)} > {run.limit}")
            continue
        if item.body is None:
            await _failed(run, folder, item, BodyDamaged.code, "no body")
            continue
        if length(item) > LARGE:
            deliveries.append(Delivery(item, into, _pieces(run, item)))
            continue
        try:
            data = await run.bench.offload.on_disk(run.bench.vault.read, item.body)
        except BodyDamaged as fault:
            await _failed(run, folder, item, fault.code, fault.detail)
            continue
        deliveries.append(Delivery(item, into, data))
    return deliveries


async def _pieces(run: _Run, item: Item) -> AsyncIterator[bytes]:
    assert item.body is not None
    pieces = run.bench.vault.pieces(item.body)
    while (piece := await run.bench.offload.on_disk(next, pieces, None)) is not None:
        yield piece


async def _verify(run: _Run, folder: FolderPlan, into: NodeId, written: Sequence[Receipt]) -> None:
    """Read back what was written and compare bytes, flags and date."""
    expected = {receipt.id: _as_kept(receipt) for receipt in written if receipt.id is not None}
    dropped = {flag for receipt in written for flag in receipt.dropped}
    if dropped:
        await run.journal.note("warning", "flags-dropped", where="/".join(folder.path), name=" ".join(sorted(dropped)))
    unnamed = [_as_kept(receipt) for receipt in written if receipt.id is None]
    if unnamed:
        twins = (await find_twins(run.target, into, unnamed)).equal
        expected.update({twins[item.id].id: item for item in unnamed if item.id in twins})
        for item in unnamed:
            if item.id not in twins:
                await _failed(run, folder, item, NotVerified.code, "missing")
    faults = await _compare(run, expected)
    for id, item in expected.items():
        fault = faults.get(id)
        if fault is None:
            run.meter.items_done += 1
            run.meter.added += 1
            run.meter.verified += 1
        else:
            await _failed(run, folder, item, fault.code, fault.detail)


def _as_kept(receipt: Receipt) -> Item:
    """The item as the target can keep it."""
    return replace(receipt.item, flags=tuple(flag for flag in receipt.item.flags if flag not in receipt.dropped))


async def _compare(run: _Run, expected: Mapping[NodeId, Item]) -> dict[NodeId, ItemFault]:
    faults: dict[NodeId, ItemFault] = {id: NotVerified("missing") for id in expected}
    async with aclosing(run.target.read(list(expected))) as batches:
        async for batch in batches:
            for id, found, data in batch:
                if id not in expected:
                    continue
                wrong = await run.bench.offload.on_disk(_difference, expected[id], found, data)
                if wrong:
                    faults[id] = NotVerified(wrong)
                else:
                    faults.pop(id, None)
    return faults


def _difference(item: Item, found: Item, data: bytes) -> str:
    """Say what differs: ``body``, ``flags`` or ``date``; nothing if all is equal."""
    if item.body is None or hashlib.sha256(data).hexdigest() != item.body.sha256:
        return "body"
    if plain_flags(found.flags) != plain_flags(item.flags):
        return "flags"
    if item.time is not None and found.time != item.time:
        return "date"
    return ""


async def _mark(run: _Run, folder: FolderPlan, into: NodeId) -> None:
    """Bring flags back on what is there already, leave a mark that says so, and look whether they are there."""
    marked: dict[NodeId, Item] = {}
    for id, item in folder.mark:
        run.meter.doing = "writing"
        flags = [*item.flags, RESTORED] if run.spec.conflict is Conflict.REPLACE else list(item.flags)
        try:
            await run.target.mark(id, flags)
        except ItemFault as fault:
            await _failed(run, folder, item, fault.code, fault.detail)
            continue
        marked[id] = item
    if not marked:
        return
    run.meter.doing = "verifying"
    found = {one.id: plain_flags(one.flags) for one in await run.target.present(into)}
    dropped: set[str] = set()
    for id, item in marked.items():
        if id not in found:
            await _failed(run, folder, item, NotVerified.code, "missing")
            continue
        dropped |= plain_flags(item.flags) - found[id]
        run.meter.changed += 1
        run.meter.items_done += 1
    if dropped:
        await run.journal.note("warning", "flags-dropped", where="/".join(folder.path), name=" ".join(sorted(dropped)))
