"""Back up one stream: a function of a live source, the vault and the last position."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice

from saasbackup_desktop.catalog.catalog import Text
from saasbackup_desktop.core.errors import ItemFault, NotFound
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, ItemFailure, Tally
from saasbackup_desktop.core.model import (
    Account,
    Body,
    Edit,
    Folder,
    Head,
    Item,
    Owed,
    Service,
    Snapshot,
    SnapshotStatus,
)
from saasbackup_desktop.core.ports import Fetched, Source
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Put, Unread
from saasbackup_desktop.engine.adopt import adopt, index_texts
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.glance import AT_LEAST, Glance, glance
from saasbackup_desktop.engine.healing import heal
from saasbackup_desktop.engine.known import KnownStream
from saasbackup_desktop.engine.memory import remember
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.paths import folder_paths
from saasbackup_desktop.engine.skipped import Skip, drop, skipped_of
from saasbackup_desktop.vault.sharing.leases import TOLERANCE
from saasbackup_desktop.vault.vault import Writer

LOST_AT_ONCE = 1000
HEAD_OF_LARGE = 1 << 20
"""Bytes of a streamed item that are kept to describe it."""


@dataclass(slots=True)
class _Stretch:
    """Changes up to a checkpoint."""

    changes: list[Put | Gone]
    checkpoint: Checkpoint


@dataclass(slots=True)
class _Fetched:
    """A stretch whose items have their bodies."""

    changes: list[Put | Gone]
    texts: dict[str, Text]
    checkpoint: Checkpoint
    owed: tuple[Owed, ...]
    so_far: Tally
    """What was counted when the last of them had come: while this is recorded, more of it comes."""


@dataclass(slots=True)
class _Run:
    """One backup on its way."""

    bench: Bench
    stream: StreamId
    account: Account
    service: Service
    source: Source
    writer: Writer
    meter: Meter
    journal: Journal
    snapshot: SnapshotId
    started: int
    root: str
    items: int
    folders: int
    size: int
    cursor: Cursor | None
    is_walked: bool
    """The source is asked for its changes, not for owed items alone."""
    lost: Iterator[Item]
    """Items whose bytes the vault has no more."""
    skipped: dict[NodeId, Skip]
    """Items that somebody has decided to do without."""
    back: list[NodeId] = field(default_factory=list)
    """Those of them that are to be reckoned with again: they could be read, have changed, or are gone."""
    owed: dict[NodeId, Owed] = field(default_factory=dict)
    paths: dict[NodeId, str] = field(default_factory=dict)
    unread: int = 0
    """Folders that could not be read."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


def new_snapshot_id(now: int) -> SnapshotId:
    """Name a point in time; names sort by time."""
    return SnapshotId(f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}")


async def back_up(
    bench: Bench, spec: Backup, meter: Meter, journal: Journal, source: Source | None = None
) -> SnapshotId:
    """Bring a stream's newest state into the vault; return the snapshot made, or the last one if nothing changed since.

    ``source``: another one than the account itself; nobody would miss a look at it, so a run that finds nothing makes
    no point in time, however old the last one is.

    Raises Fault if it must stop; what was saved up to the last checkpoint stays, and the next run goes on from there.
    """
    newest = await adopt(bench, spec.stream, meter, journal)
    at_least = AT_LEAST if source is None else None
    source = source or bench.doors.source(spec.stream)
    look: Glance | None = None
    try:
        meter.follow(source)
        meter.doing = "listing"
        known = KnownStream(bench, spec.stream)
        look = None if spec.only_owed else await glance(bench, spec.stream, source, known, newest, at_least)
        if look is not None and look.is_idle:
            await journal.note("info", "nothing-changed")
            skipped = await skipped_of(bench, spec.stream)
            for change in look.heard:
                if isinstance(change, Unread):
                    await _tell_unread(change, change.name, skipped, meter, journal)
            snapshot = look.position.snapshot
        else:
            snapshot = await _write(bench, spec, source, look, meter, journal)
        # Copies of known bodies under another description came without a text of their own.
        await index_texts(bench, spec.stream, bench.doors.account(spec.stream)[1], meter, journal)
        await remember(bench, spec.stream, journal)
        return snapshot
    finally:
        if look is not None:
            await look.close()
        await source.close()
        meter.follow(None)


async def _write(
    bench: Bench, spec: Backup, source: Source, look: Glance | None, meter: Meter, journal: Journal
) -> SnapshotId:
    """Make a point in time, under a lease of the stream."""
    account, service = bench.doors.account(spec.stream)
    opening = asyncio.ensure_future(bench.offload.on_disk(bench.vault.writer, spec.stream, bench.owner))
    try:
        writer = await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait([opening])
        if opening.exception() is None:  # a stream that is held by nobody's writer would be busy for ever
            await bench.offload.on_disk(opening.result().close)
        raise
    try:
        # Once more: what this run goes on from must have been there after its lease was, or a prune may remove it.
        newest = await adopt(bench, spec.stream, meter, journal)
        run = await _begin(bench, spec, account, service, source, writer, meter, journal, newest)
        await _fetch_lost(run)
        if not run.is_walked:
            nothing = _Stretch([], Checkpoint(run.cursor or {}, complete=True))
            await _record(run, await _complete(run, nothing, ask_owed=True))
        else:
            await _walk(run, await _changes(run, look))
        await drop(bench, spec.stream, run.back)
        return run.snapshot
    finally:
        await bench.offload.on_disk(writer.close)


async def _begin(
    bench: Bench,
    spec: Backup,
    account: Account,
    service: Service,
    source: Source,
    writer: Writer,
    meter: Meter,
    journal: Journal,
    newest: SnapshotId | None,
) -> _Run:
    stream = spec.stream
    position = await bench.offload.on_reading(bench.catalog.position, stream)
    last = None
    if position is not None:
        last = await bench.offload.on_reading(bench.catalog.snapshot, stream, position.snapshot)
    owed = await bench.offload.on_reading(bench.catalog.owed, stream)
    folders = await bench.offload.on_reading(bench.catalog.folders, stream)
    now = bench.clock.now()
    root, lost = await heal(bench, stream, position, writer)
    snapshot = new_snapshot_id(now)
    if position is not None:
        newest = max(newest or position.snapshot, position.snapshot)
    if newest is not None and snapshot <= newest:
        # The clock went back: a newer point in time must still sort after the older one.
        snapshot = SnapshotId(f"{_next_second(newest)}-{secrets.token_hex(4)}")
    if last is not None and last.finished > now + TOLERANCE:
        await journal.note("warning", "clock-behind", minutes=round((last.finished - now) / 60))
    return _Run(
        bench=bench,
        stream=stream,
        account=account,
        service=service,
        source=source,
        writer=writer,
        meter=meter,
        journal=journal,
        snapshot=snapshot,
        started=now,
        root=root,
        items=last.items if last else 0,
        folders=last.folders if last else 0,
        size=last.size if last else 0,
        cursor=position.cursor if position else None,
        # A run that was cut short must be walked to its end, or its half would pass for the whole.
        is_walked=not (spec.only_owed and position is not None and position.final),
        owed={entry.item.id: entry for entry in owed},
        lost=lost,
        skipped=await skipped_of(bench, stream),
        paths={id: "/".join(path) for id, path in folder_paths(folders).items()},
    )


def _next_second(snapshot: SnapshotId) -> str:
    moment = datetime.strptime(snapshot[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return f"{datetime.fromtimestamp(moment.timestamp() + 1, UTC):%Y%m%dT%H%M%SZ}"


async def _fetch_lost(run: _Run) -> None:
    """Store again what the vault has lost, a stretch at a time, whatever the source says of it."""
    while some := await run.bench.offload.on_disk(lambda: list(islice(run.lost, LOST_AT_ONCE))):
        run.meter.items_total += len(some)
        here = Checkpoint(run.cursor or {}, complete=False)
        await _record(run, await _complete(run, _Stretch([*map(Put, some)], here), ask_owed=False))


async def _changes(run: _Run, look: Glance | None) -> AsyncGenerator[Change, None]:
    """Go on with the look that was taken, unless the stream has been written to by somebody else since."""
    if look is not None:
        position = await run.bench.offload.on_reading(run.bench.catalog.position, run.stream)
        if position == look.position:
            return look.changes()
        await look.close()
    return run.source.changes(run.cursor, KnownStream(run.bench, run.stream))


async def _walk(run: _Run, changes: AsyncGenerator[Change, None]) -> None:
    """Listen, fetch and record side by side: while one stretch is recorded the next is fetched and a third is heard."""
    heard: asyncio.Queue[_Stretch | None] = asyncio.Queue(1)
    fetched: asyncio.Queue[_Fetched | None] = asyncio.Queue(1)
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(run, changes, heard))
        group.create_task(_fetch_all(run, heard, fetched))
        while (stretch := await fetched.get()) is not None:
            await _record(run, stretch)


async def _listen(run: _Run, changes: AsyncGenerator[Change, None], heard: asyncio.Queue[_Stretch | None]) -> None:
    pending: list[Put | Gone] = []
    async with aclosing(changes) as said:
        async for change in said:
            if isinstance(change, Checkpoint):
                await heard.put(_Stretch(pending, change))
                pending = []
            elif isinstance(change, Unread):
                await _pass_over(run, change)
            else:
                if isinstance(change, Put) and isinstance(change.node, Item):
                    run.meter.items_total += 1
                pending.append(change)
    await heard.put(None)


async def _pass_over(run: _Run, change: Unread) -> None:
    """Say which folder could not be read, unless somebody has decided to do without it."""
    run.unread += 1
    path = run.paths.get(change.folder, change.name)
    await _tell_unread(change, path, run.skipped, run.meter, run.journal)


async def _tell_unread(
    change: Unread, path: str, skipped: Mapping[NodeId, Skip], meter: Meter, journal: Journal
) -> None:
    if change.folder in skipped:
        meter.skipped += 1
        return
    meter.failed += 1
    failure = ItemFailure(path=path, name="", code=change.code, detail=change.detail, item=change.folder)
    await journal.failed(failure)


async def _fetch_all(run: _Run, heard: asyncio.Queue[_Stretch | None], fetched: asyncio.Queue[_Fetched | None]) -> None:
    is_first = True
    while (stretch := await heard.get()) is not None:
        await fetched.put(await _complete(run, stretch, ask_owed=is_first))
        is_first = False
    await fetched.put(None)


async def _complete(run: _Run, stretch: _Stretch, *, ask_owed: bool) -> _Fetched:
    """Give a stretch its bodies. What is owed after it is written down with it, not with what comes later."""
    changes, texts = await _with_bodies(run, stretch.changes, ask_owed=ask_owed)
    return _Fetched(changes, texts, stretch.checkpoint, tuple(run.owed.values()), run.meter.read())


async def _record(run: _Run, stretch: _Fetched) -> None:
    """Write down what a stretch brought: bytes first, then rows with their cursor."""
    edits = await run.bench.offload.on_catalog(run.bench.catalog.edits, run.stream, stretch.changes)
    _count(run, edits, stretch.changes)
    if stretch.checkpoint.complete:
        run.meter.doing = "sealing"
    sealed: list[Head] = []
    try:
        await run.bench.offload.on_disk(lambda: sealed.append(_store(run, edits, stretch)))
    finally:
        if sealed:  # also if the job was ended meanwhile: what the vault has is done
            await _commit(run, sealed[0], edits, stretch)
    run.meter.bytes_stored = run.writer.bytes_stored


async def _commit(run: _Run, head: Head, edits: Sequence[Edit], stretch: _Fetched) -> None:
    """Write a checkpoint into the catalog, and with it how the job stands."""
    meter = run.meter
    counted = replace(
        stretch.so_far,
        added=meter.base.added + run.added,
        changed=meter.base.changed + run.changed,
        removed=meter.base.removed + run.removed,
        unchanged=meter.base.unchanged + run.unchanged,
        bytes_stored=meter.base.bytes_stored + run.writer.bytes_stored,
    )
    job = meter.keeps(counted) if meter.keeps is not None else None

    def commit() -> None:
        run.bench.catalog.commit(head, edits, stretch.texts, job)
        if job is not None:
            meter.kept = counted

    await run.bench.offload.on_catalog(commit)


def _store(run: _Run, edits: Sequence[Edit], stretch: _Fetched) -> Head:
    complete = stretch.checkpoint.complete
    if edits:
        run.root = run.writer.apply(run.root, edits)
    head = Head(
        snapshot=Snapshot(
            id=run.snapshot,
            stream=run.stream,
            started=run.started,
            finished=run.bench.clock.now(),
            status=SnapshotStatus.COMPLETE
            if complete and not stretch.owed and not run.unread
            else SnapshotStatus.PARTIAL,
            items=run.items,
            folders=run.folders,
            size=run.size,
            added=run.added,
            changed=run.changed,
            removed=run.removed,
            owed=len(stretch.owed),
        ),
        account=run.account,
        service=run.service,
        root=run.root,
        cursor=stretch.checkpoint.cursor,
        owed=stretch.owed,
        final=complete,
        program=run.bench.program,
    )
    run.writer.seal(head)
    return head


def _count(run: _Run, edits: Sequence[Edit], changes: Sequence[Put | Gone]) -> None:
    said = {change.node.id for change in changes if isinstance(change, Put) and isinstance(change.node, Item)}
    run.unchanged += len(said - {edit.new.id for edit in edits if edit.new is not None})
    for edit in edits:
        old, new = edit.old, edit.new
        if isinstance(old, Folder) or isinstance(new, Folder):
            run.folders += (new is not None) - (old is not None)
            continue
        run.items += (new is not None) - (old is not None)
        run.size += _bytes(new) - _bytes(old)
        if old is None:
            run.added += 1
        elif new is None:
            run.removed += 1
        else:
            run.changed += 1
    run.meter.added, run.meter.changed, run.meter.removed = run.added, run.changed, run.removed
    run.meter.unchanged = run.unchanged


def _bytes(item: Item | None) -> int:
    if item is None:
        return 0
    return item.body.size if item.body is not None else (item.size or 0)


async def _with_bodies(
    run: _Run, changes: Sequence[Put | Gone], *, ask_owed: bool
) -> tuple[list[Put | Gone], dict[str, Text]]:
    """Give every item its body: from the last snapshot if it is the same, else from the source."""
    wanted: dict[NodeId, Item] = {entry.item.id: entry.item for entry in run.owed.values()} if ask_owed else {}
    ready: list[Put | Gone] = []
    for change in changes:
        if isinstance(change, Gone):
            wanted.pop(change.id, None)
            run.owed.pop(change.id, None)
            _reckon_with(run, change.id)
            ready.append(change)
        elif isinstance(change.node, Item) and not _is_held(run, change.node):
            wanted[change.node.id] = replace(change.node, body=None, parts={})
        else:
            if isinstance(change.node, Folder):
                parent = run.paths.get(change.node.parent) if change.node.parent else None
                run.paths[change.node.id] = f"{parent}/{change.node.name}" if parent else change.node.name
            else:
                run.meter.items_done += 1
            ready.append(change)
    if ask_owed:
        run.meter.items_total += sum(id in wanted for id in run.owed)
    missing = await _reuse(run, wanted, ready)
    texts: dict[str, Text] = {}
    if missing:
        await _fetch(run, missing, ready, texts)
    return ready, texts


def _is_held(run: _Run, item: Item) -> bool:
    """Tell whether the vault has all its bytes: a body that the source recognised may have been lost with its pack."""
    return item.body is not None and all(map(run.bench.vault.holds, (item.body, *item.parts.values())))


async def _reuse(run: _Run, wanted: Mapping[NodeId, Item], ready: list[Put | Gone]) -> list[Item]:
    """Take the bodies that the last snapshot has; return the items that must be fetched."""
    if not wanted:
        return []
    known = await run.bench.offload.on_reading(run.bench.catalog.items, run.stream, list(wanted))
    missing: list[Item] = []
    for item in wanted.values():
        before = known.get(item.id)
        if before is None or before.revision != item.revision or not _is_held(run, before):
            missing.append(item)
            continue
        run.meter.items_done += 1
        run.owed.pop(item.id, None)
        _reckon_with(run, item.id)
        facets = {**before.facets, **item.facets}
        same = replace(item, name=before.name, facets=facets, size=before.size, body=before.body, parts=before.parts)
        ready.append(Put(same))
    return missing


async def _fetch(run: _Run, items: Sequence[Item], ready: list[Put | Gone], texts: dict[str, Text]) -> None:
    """Fetch and store, the next batch on its way while one is stored."""
    run.meter.doing = "fetching"
    run.meter.where = run.paths.get(items[0].parent, "")
    answered: set[NodeId] = set()
    async with aclosing(run.source.fetch(items)) as batches:
        upcoming: asyncio.Task[Sequence[Fetched]] | None = asyncio.ensure_future(_next(batches))
        try:
            while upcoming is not None:
                batch = await upcoming
                upcoming = None
                if not batch:
                    break
                streamed = any(_is_streamed(one) for one in batch)
                if not streamed:
                    upcoming = asyncio.ensure_future(_next(batches))
                answered.update(one.item.id for one in batch)
                await _take(run, batch, ready, texts)
                if streamed:
                    upcoming = asyncio.ensure_future(_next(batches))
        finally:
            if upcoming is not None:
                upcoming.cancel()
                await asyncio.wait([upcoming])
                if not upcoming.cancelled():
                    upcoming.exception()  # what stops the job is known; this one came too late to matter
    for item in items:
        if item.id not in answered:
            await _owe(run, item, NotFound("the source gave no answer for it"))


async def _next(batches: AsyncIterator[Sequence[Fetched]]) -> Sequence[Fetched]:
    """Take the next batch that is not empty; an empty one means the end."""
    async for batch in batches:
        if batch:
            return batch
    return ()


async def _take(run: _Run, batch: Sequence[Fetched], ready: list[Put | Gone], texts: dict[str, Text]) -> None:
    whole = [one for one in batch if not _is_streamed(one) and not isinstance(one.data, ItemFault)]
    if whole:
        for item, text in await run.bench.offload.on_disk(_store_bodies, run, whole):
            _accept(run, item, text, ready, texts)
    for one in batch:
        if isinstance(one.data, ItemFault):
            await _owe(run, one.item, one.data)
        elif _is_streamed(one):
            try:
                item, text = await _store_streamed(run, one, one.data)
            except ItemFault as fault:
                await _owe(run, one.item, fault)
            else:
                _accept(run, item, text, ready, texts)


def _accept(run: _Run, item: Item, text: Text, ready: list[Put | Gone], texts: dict[str, Text]) -> None:
    assert item.body is not None
    run.meter.items_done += 1
    run.meter.bytes_done += item.body.size
    run.meter.bytes_stored = run.writer.bytes_stored
    run.owed.pop(item.id, None)
    _reckon_with(run, item.id)
    texts[item.body.sha256] = text
    ready.append(Put(item))


def _is_streamed(one: Fetched) -> bool:
    """Does anything of it come piece by piece?"""
    if isinstance(one.data, ItemFault):
        return False
    return not all(isinstance(data, bytes) for data in (one.data, *one.parts.values()))


def _store_bodies(run: _Run, whole: Sequence[Fetched]) -> list[tuple[Item, Text]]:
    stored = []
    for one in whole:
        assert isinstance(one.data, bytes)
        body = run.writer.add(one.data)
        parts = {name: run.writer.add(data) for name, data in one.parts.items() if isinstance(data, bytes)}
        stored.append(_described(run, replace(one.item, body=body, parts=parts), body, one.data))
    return stored


async def _store_streamed(run: _Run, one: Fetched, data: bytes | AsyncIterator[bytes]) -> tuple[Item, Text]:
    """Store a large item piece by piece; only its beginning is looked at for lists and search."""
    body, beginning = await _store_stream(run, data)
    parts = {name: (await _store_stream(run, part))[0] for name, part in one.parts.items()}
    item = replace(one.item, body=body, parts=parts)
    return await run.bench.offload.on_disk(_described, run, item, body, beginning)


def _described(run: _Run, item: Item, body: Body, data: bytes) -> tuple[Item, Text]:
    description = run.bench.doors.describe(run.service, data)
    facets = {**description.facets, **item.facets}
    text = Text(body=description.text, attachments=description.attachments)
    return replace(item, name=description.name or item.name, facets=facets, size=body.size), text


async def _store_stream(run: _Run, data: bytes | AsyncIterator[bytes]) -> tuple[Body, bytes]:
    """Store what comes piece by piece: the body, and its beginning."""
    if isinstance(data, bytes):
        return await run.bench.offload.on_disk(run.writer.add, data), data[:HEAD_OF_LARGE]
    loop = asyncio.get_running_loop()
    beginning = bytearray()

    async def step() -> bytes | None:
        return await anext(data, None)

    def pull() -> Iterator[bytes]:
        while (piece := asyncio.run_coroutine_threadsafe(step(), loop).result()) is not None:
            if len(beginning) < HEAD_OF_LARGE:
                beginning.extend(piece[: HEAD_OF_LARGE - len(beginning)])
            yield piece

    body = await run.bench.offload.on_disk(lambda: run.writer.add_pieces(pull()))
    return body, bytes(beginning)


async def _owe(run: _Run, item: Item, fault: ItemFault) -> None:
    """Keep a failed item in mind. One that vanished meanwhile is owed nothing, if the source was walked: only then is
    it sure to have been looked for in the right place.
    """
    before = run.owed.get(item.id)
    run.meter.items_done += 1
    if isinstance(fault, NotFound) and run.is_walked:
        run.owed.pop(item.id, None)
        _reckon_with(run, item.id)
        await run.journal.note("info", "item-vanished", name=item.name or item.place)
        return
    run.owed[item.id] = Owed(
        item=item,
        code=fault.code,
        detail=fault.detail,
        attempts=before.attempts + 1 if before else 1,
        since=before.since if before else run.bench.clock.now(),
    )
    skip = run.skipped.get(item.id)
    if skip is not None and skip.revision in ("", item.revision):
        run.meter.skipped += 1
        return
    _reckon_with(run, item.id)
    run.meter.failed += 1
    path = run.paths.get(item.parent, "")
    name = item.name or item.place
    await run.journal.failed(ItemFailure(path=path, name=name, code=fault.code, detail=fault.detail, item=item.id))


def _reckon_with(run: _Run, id: NodeId) -> None:
    """Skip an item no more."""
    if run.skipped.pop(id, None) is not None:
        run.back.append(id)
