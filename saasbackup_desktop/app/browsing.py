"""Points in time, lists, search and single items, read from the catalog and the vault."""

from array import array
from collections.abc import AsyncIterator, Sequence

from saasbackup_desktop.app import views
from saasbackup_desktop.app.comparing import diff_rows
from saasbackup_desktop.catalog.catalog import Row
from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured
from saasbackup_desktop.core.ids import NodeId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Item, Snapshot
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.paths import folder_paths
from saasbackup_desktop.providers.formats import preview as formats


def item_row(row: Row) -> views.ItemRow:
    """As the window and the command line see it."""
    return views.ItemRow(row=row.row, stream=row.stream, item=row.item, path=row.path)


async def snapshots(bench: Bench, stream: StreamId) -> Sequence[Snapshot]:
    """A stream's points in time, newest first."""
    return await bench.offload.on_reading(bench.catalog.snapshots, stream)


async def folders(bench: Bench, stream: StreamId, at: SnapshotId) -> Sequence[views.FolderRow]:
    """Its folders, parents first, with what is directly in each."""
    found = await bench.offload.on_reading(bench.catalog.folders_at, stream, at)
    paths = folder_paths(one.folder for one in found)
    return [
        views.FolderRow(folder=one.folder, path="/".join(paths[one.folder.id]), items=one.items, size=one.size)
        for one in found
    ]


async def first_rows(
    bench: Bench,
    stream: StreamId,
    at: SnapshotId,
    folder: NodeId,
    order: views.Order,
    descending: bool,
    limit: int,
) -> Sequence[views.ItemRow]:
    """The beginning of a folder's list."""
    found = await bench.offload.on_reading(bench.catalog.first_rows, stream, at, folder, order.value, descending, limit)
    return [item_row(row) for row in found]


async def row_ids(
    bench: Bench,
    stream: StreamId,
    at: SnapshotId,
    folder: NodeId,
    order: views.Order,
    descending: bool,
    words: str,
) -> "array[int]":
    """The whole list, as numbers."""
    return await bench.offload.on_reading(bench.catalog.row_ids, stream, at, folder, order.value, descending, words)


async def rows(bench: Bench, ids: Sequence[RowId]) -> Sequence[views.ItemRow]:
    """Rows by their numbers."""
    return [item_row(row) for row in await bench.offload.on_reading(bench.catalog.rows, ids)]


async def find_item(bench: Bench, stream: StreamId, id: NodeId, at: SnapshotId | None) -> views.ItemRow:
    """One item. Raises Misconfigured if there is none."""
    row = await bench.offload.on_reading(bench.catalog.item_at, stream, id, at)
    if row is None:
        raise Misconfigured("no such item", what="unknown-item", name=id)
    return item_row(row)


async def versions(bench: Bench, stream: StreamId, id: NodeId) -> Sequence[views.VersionRow]:
    """An item's versions, newest first."""
    return [
        views.VersionRow(
            row=views.ItemRow(row=one.row, stream=stream, item=one.item, path=one.path),
            first=one.first,
            last=one.last,
            is_current=one.alive,
        )
        for one in await bench.offload.on_reading(bench.catalog.versions, stream, id)
    ]


async def search(bench: Bench, query: views.Query, limit: int, offset: int) -> views.SearchPage:
    """A stretch of what matches, newest first."""
    found = await bench.offload.on_reading(
        bench.catalog.search,
        query.stream,
        query.words,
        query.sender,
        query.recipient,
        query.subject,
        query.since,
        query.until,
        query.at,
        limit + 1,
        offset,
    )
    return views.SearchPage(rows=[item_row(row) for row in found[:limit]], more=len(found) > limit)


async def diff(bench: Bench, stream: StreamId, old: SnapshotId, new: SnapshotId) -> Sequence[views.DiffRow]:
    """What differs between two points in time."""
    before = {row.folder.id: row.path for row in await folders(bench, stream, old)}
    after = {row.folder.id: row.path for row in await folders(bench, stream, new)}
    return await bench.offload.on_reading(
        lambda: list(diff_rows(bench.catalog.between(stream, old, new), before, after))
    )


async def read(bench: Bench, item: Item) -> bytes:
    """An item's original bytes. Raises BodyDamaged."""
    if item.body is None:
        raise BodyDamaged("the item has no body")
    return await bench.offload.on_disk(bench.vault.read, item.body)


async def pieces(bench: Bench, item: Item) -> AsyncIterator[bytes]:
    """An item's original bytes, piece by piece. Raises BodyDamaged, at the end if the whole is not what it was."""
    if item.body is None:
        raise BodyDamaged("the item has no body")
    found = bench.vault.pieces(item.body)
    while (piece := await bench.offload.on_disk(next, found, None)) is not None:
        yield piece


async def preview(bench: Bench, item: Item) -> views.Preview:
    """A message made safe to look at. Raises BodyDamaged."""
    data = await read(bench, item)
    shown = await bench.offload.on_disk(formats.preview, data)
    return views.Preview(
        subject=shown.subject,
        sender=shown.sender,
        recipients=shown.recipients,
        copies=shown.copies,
        date=shown.date,
        html=shown.html,
        attachments=[
            views.Attachment(index=one.index, name=one.name, media_type=one.media_type, size=one.size)
            for one in shown.attachments
        ],
        blocked=shown.blocked,
        problems=tuple(shown.problems),
    )


async def attachment(bench: Bench, item: Item, index: int) -> bytes:
    """An attached file's bytes. Raises BodyDamaged, Misconfigured."""
    data = await read(bench, item)
    try:
        return await bench.offload.on_disk(formats.attachment, data, index)
    except IndexError:
        raise Misconfigured("no such attachment", what="unknown-attachment", name=str(index)) from None
