"""Bring the catalog up to the vault: after a crash between the two, after another machine's backup, or from nothing."""

import logging
from collections.abc import Sequence

from saasbackup_desktop.catalog.catalog import Position, Text
from saasbackup_desktop.core.errors import BodyDamaged, VaultDamaged
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.jobs import ItemFailure
from saasbackup_desktop.core.model import Edit, Head, Item, Service, SnapshotStatus
from saasbackup_desktop.core.stream import Gone, Put
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter

log = logging.getLogger(__name__)

BATCH = 200
"""Items whose text is read in one step."""


async def adopt(bench: Bench, stream: StreamId, meter: Meter, journal: Journal) -> SnapshotId | None:
    """Commit to the catalog every head of a stream that it does not have, and index what they brought.

    Returns the newest point in time that the vault has.

    A head whose tree is damaged is left out, so that the others can be looked at and the next backup can go on from
    the last whole one.
    """
    heads = await bench.offload.on_disk(bench.vault.heads, stream)
    await _settle_known(bench, stream, heads)
    position = await bench.offload.on_reading(bench.catalog.position, stream)
    missing, root = _missing(heads, position)
    for head in missing:
        meter.doing = "cataloguing"
        try:
            edits = await _edits(bench, stream, root, head)
        except VaultDamaged as damage:
            log.warning("snapshot %s is damaged: %s", head.snapshot.id, damage)
            await journal.note("warning", "snapshot-damaged", snapshot=head.snapshot.id, **damage.facts)
            continue
        await bench.offload.on_catalog(bench.catalog.commit, head, edits, {})
        await journal.note("info", "snapshot-adopted", snapshot=head.snapshot.id, items=head.snapshot.items)
        root = head.root
    if missing:
        await index_texts(bench, stream, missing[-1].service, meter, journal)
    return max((head.snapshot.id for head in heads), default=None)


async def _settle_known(bench: Bench, stream: StreamId, heads: Sequence[Head]) -> None:
    """Let go of what was removed from the vault on purpose; what merely vanished is remembered, and may come back."""
    there = {head.snapshot.id: head.snapshot.status for head in heads}
    removed = await bench.offload.on_disk(bench.vault.housekeeping.removed, stream)
    known = await bench.offload.on_reading(bench.catalog.snapshots, stream)
    gone = [snapshot.id for snapshot in known if snapshot.id in removed and snapshot.id not in there]
    lost = {snapshot.id for snapshot in known if snapshot.status is SnapshotStatus.LOST}
    if back := {id: status for id, status in there.items() if id in lost}:
        await bench.offload.on_catalog(bench.catalog.set_status, stream, back)
    if gone:
        await bench.offload.on_catalog(bench.catalog.forget_snapshots, stream, gone)


async def _edits(bench: Bench, stream: StreamId, root: str, head: Head) -> list[Edit]:
    """What a point in time changes. Raises VaultDamaged if its tree cannot be read."""
    try:
        return await bench.offload.on_disk(_difference, bench, root, head.root)
    except VaultDamaged:
        # If it is the tree before that is damaged, what the catalog has of it will do.
        changes = await bench.offload.on_disk(_changes, bench, stream, head)
        return await bench.offload.on_catalog(bench.catalog.edits, stream, changes)


def _changes(bench: Bench, stream: StreamId, head: Head) -> list[Put | Gone]:
    """Everything that a point in time has, and what it has not of what the catalog has."""
    nodes = list(bench.vault.nodes(head.root))
    there = {node.id for node in nodes}
    known = [folder.id for folder in bench.catalog.folders(stream)]
    gone = [id for id in known if id not in there]
    for folder in known:
        gone += (glimpse.id for glimpse in bench.catalog.within(stream, folder) if glimpse.id not in there)
    return [*map(Put, nodes), *map(Gone, gone)]


def _difference(bench: Bench, old: str, new: str) -> list[Edit]:
    return list(bench.vault.diff(old, new))


def _missing(heads: list[Head], position: Position | None) -> tuple[list[Head], str]:
    """Split off the heads that are newer than what the catalog holds; the one it holds again if it has grown since."""
    if position is None:
        return heads, ""
    newer = [head for head in heads if head.snapshot.id > position.snapshot]
    same = [head for head in heads if head.snapshot.id == position.snapshot and _has_grown(head, position)]
    return same + newer, position.root


def _has_grown(head: Head, position: Position) -> bool:
    """A final head over an unchanged tree carries the cursor and the status that the last checkpoint did not have."""
    return (head.root, head.final, head.cursor) != (position.root, position.final, position.cursor)


async def index_texts(bench: Bench, stream: StreamId, service: Service, meter: Meter, journal: Journal) -> None:
    """Read the bodies that search does not know yet."""
    done: set[str] = set()
    while True:
        items = [
            item
            for item in await bench.offload.on_reading(bench.catalog.untexted, stream, BATCH + len(done))
            if item.body is not None and item.body.sha256 not in done
        ]
        if not items:
            return
        meter.doing = "indexing"
        texts, damaged = await bench.offload.on_disk(_read_texts, bench, service, items)
        for item in damaged:
            meter.failed += 1
            await journal.failed(ItemFailure(path="", name=item.name, code=BodyDamaged.code))
        done.update(item.body.sha256 for item in damaged if item.body is not None)
        if texts:
            await bench.offload.on_catalog(bench.catalog.add_texts, texts)
        meter.items_done += len(items)


def _read_texts(bench: Bench, service: Service, items: list[Item]) -> tuple[dict[str, Text], list[Item]]:
    texts: dict[str, Text] = {}
    damaged: list[Item] = []
    wanted = (((item, item.body.sha256), item.body) for item in items if item.body is not None)
    for (item, sha256), data in bench.vault.read_many(wanted):
        if isinstance(data, BodyDamaged):
            damaged.append(item)
            continue
        description = bench.doors.describe(service, data)
        texts[sha256] = Text(body=description.text, attachments=description.attachments)
    return texts, damaged
