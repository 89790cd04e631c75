"""Restore and migrate: copy what was selected of a snapshot to a live account, then read it back and compare."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from saasbackup_desktop.core.errors import BodyDamaged, NameRefused, NotVerified, TooLarge
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.jobs import ItemFailure, Restore
from saasbackup_desktop.core.model import Body, Item
from saasbackup_desktop.core.ports import Delivery, Receipt, Target
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.plan import FolderPlan, length, make_plan, reading

BATCH_BYTES = 4 << 20
BATCH_ITEMS = 200
LARGE = 8 << 20
"""Items above this many bytes are streamed one by one."""
_UNREAD = "restore-unread"
_BEGINNINGS = frozenset({"job-started", "job-resumed", "job-again"})
_ENDS = frozenset({"job-done", "job-partial"})
"""After these, all that was written has been read back."""


@dataclass(slots=True)
class _Run:
    bench: Bench
    spec: Restore
    target: Target
    meter: Meter
    journal: Journal
    limit: int | None
    goes_on: bool
    """An earlier attempt was cut: what is found there may be its own."""


async def restore(bench: Bench, spec: Restore, target: Target, meter: Meter, journal: Journal) -> None:
    """Carry out a restore. It may be cut anywhere and run again: what the target has by then is skipped.

    Raises Fault if the target is lost or full.
    """
    plan = await make_plan(bench, spec, target, meter)
    meter.bytes_total = plan.size
    run = _Run(bench, spec, target, meter, journal, plan.limit, await _was_cut(bench, journal))
    ours = meter.base.added + meter.base.changed  # what an earlier attempt wrote is there, too
    for folder in plan.folders:
        meter.where = "/".join(folder.path)
        meter.doing = "writing"
        written_before = min(ours, len(folder.skip))
        ours -= written_before
        meter.skipped += len(folder.skip) - written_before
        meter.items_done += len(folder.skip)
        if folder.problem:
            await _fail_all(run, folder, folder.problem)
            continue
        try:
            into = await target.folder(folder.path)
        except NameRefused as fault:
            await _fail_all(run, folder, str(fault.facts.get("reason") or fault.code))
            continue
        for item in folder.altered:
            await _failed(run, folder, item, NotVerified.code, "body")
        if run.goes_on:
            await _read_again(run, folder, into)
        await _write(run, folder, into)
        await _replace(run, folder, into)
    if meter.unread:
        await journal.note("warning", _UNREAD, count=meter.unread)


async def _was_cut(bench: Bench, journal: Journal) -> bool:
    """Say whether an earlier attempt of this job ended before it had read back all that it wrote."""
    lines = await bench.offload.on_reading(bench.catalog.log, journal.job)
    codes = [line.code for line in lines]
    if _UNREAD in codes:
        return True
    before = [code for code in codes if code in _BEGINNINGS or code in _ENDS][:-1]
    return bool(before) and before[-1] not in _ENDS


async def _read_again(run: _Run, folder: FolderPlan, into: NodeId) -> None:
    """Read back what was found there: nobody has, if this job's earlier attempt wrote it and was cut."""
    for batch in _batches(folder.skip):
        run.meter.doing = "verifying"
        found = [Receipt(item, into, folder.found[item.id]) for item in batch]
        faults = await run.target.verify(into, found, reading(run.bench))
        run.meter.unread += len(faults)
        run.meter.read_again += len(batch) - len(faults)


async def _fail_all(run: _Run, folder: FolderPlan, detail: str) -> None:
    for item in (*folder.add, *(item for _id, item in folder.replace)):
        await _failed(run, folder, item, NameRefused.code, detail)


async def _failed(run: _Run, folder: FolderPlan, item: Item, code: str, detail: str) -> None:
    run.meter.failed += 1
    run.meter.items_done += 1
    path = "/".join(folder.path)
    await run.journal.failed(ItemFailure(path=path, name=item.name, code=code, detail=detail, item=item.id))


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
                run.meter.added += 1
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
    most = LARGE if run.limit is None else min(LARGE, run.limit)
    small = [(item.id, item.body) for item in batch if item.body is not None and length(item) <= most]
    read = await run.bench.offload.on_disk(lambda: dict(run.bench.vault.read_many(small)))
    deliveries = []
    for item in batch:
        if run.limit is not None and length(item) > run.limit:
            await _failed(run, folder, item, TooLarge.code, f"{length(item)} > {run.limit}")
            continue
        if item.body is None:
            await _failed(run, folder, item, BodyDamaged.code, "no body")
            continue
        data = read.pop(item.id, None)
        if data is None:
            deliveries.append(Delivery(item, into, _pieces(run, item.body), _parts(run, item)))
        elif isinstance(data, BodyDamaged):
            await _failed(run, folder, item, data.code, data.detail)
        else:
            deliveries.append(Delivery(item, into, data, _parts(run, item)))
    return deliveries


def _parts(run: _Run, item: Item) -> dict[str, AsyncIterator[bytes]]:
    """The item's further bytes, read when the target asks for them."""
    return {name: _pieces(run, part) for name, part in item.parts.items()}


async def _pieces(run: _Run, body: Body) -> AsyncIterator[bytes]:
    pieces = run.bench.vault.pieces(body)
    while (piece := await run.bench.offload.on_disk(next, pieces, None)) is not None:
        yield piece


async def _verify(run: _Run, folder: FolderPlan, into: NodeId, written: Sequence[Receipt]) -> None:
    """Read back what was written and compare."""
    await _note_dropped(run, folder, written)
    faults = await run.target.verify(into, written, reading(run.bench)) if written else {}
    for receipt in written:
        fault = faults.get(receipt.item.id)
        if fault is None:
            run.meter.items_done += 1
            run.meter.verified += 1
        else:
            run.meter.added -= 1
            await _failed(run, folder, receipt.item, fault.code, fault.detail)
    await _keep(run)


async def _keep(run: _Run) -> None:
    """Write down how the job stands: what was compared is done."""
    meter = run.meter
    if meter.keeps is None:
        return
    counted = meter.read()
    job = meter.keeps(counted)

    def save() -> None:
        run.bench.catalog.save_job(job)
        meter.kept = counted

    await run.bench.offload.on_catalog(save)


async def _replace(run: _Run, folder: FolderPlan, into: NodeId) -> None:
    """Bring back what differs in what is there already."""
    if not folder.replace:
        return
    run.meter.doing = "writing"
    receipts = await run.target.replace(into, folder.replace, reading(run.bench))
    await _note_dropped(run, folder, receipts)
    for receipt in receipts:
        if receipt.fault is not None:
            await _failed(run, folder, receipt.item, receipt.fault.code, receipt.fault.detail)
            continue
        run.meter.changed += 1
        run.meter.items_done += 1
    await _keep(run)


async def _note_dropped(run: _Run, folder: FolderPlan, receipts: Sequence[Receipt]) -> None:
    dropped = {flag for receipt in receipts for flag in receipt.dropped}
    if dropped:
        await run.journal.note("warning", "flags-dropped", where="/".join(folder.path), name=" ".join(sorted(dropped)))
    for receipt in receipts:
        if receipt.omitted:
            name = f"{receipt.item.name}: {', '.join(receipt.omitted)}"
            await run.journal.note("warning", "attachments-omitted", where="/".join(folder.path), name=name)
    for code, count in sorted(Counter(code for receipt in receipts for code in receipt.lost).items()):
        await run.journal.note("info", f"lost-{code}", where="/".join(folder.path), count=count)
