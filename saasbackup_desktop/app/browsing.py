"""Points in time, lists, search and single items, read from the catalog and the vault."""

from array import array
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from saasbackup_desktop.app import views
from saasbackup_desktop.app.comparing import changed_parts, diff_rows
from saasbackup_desktop.catalog.catalog import Row
from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured
from saasbackup_desktop.core.ids import NodeId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Item, Service, Snapshot, service_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.paths import folder_paths
from saasbackup_desktop.providers.formats.graph.reading import differing


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
        query.service,
        query.account,
        query.text,
    )
    return views.SearchPage(rows=[item_row(row) for row in found[:limit]], more=len(found) > limit)


async def diff(bench: Bench, stream: StreamId, old: SnapshotId, new: SnapshotId) -> Sequence[views.DiffRow]:
    """What differs between two points in time; of items that are not mail, in which of their fields."""
    before = {row.folder.id: row.path for row in await folders(bench, stream, old)}
    after = {row.folder.id: row.path for row in await folders(bench, stream, new)}
    changed: dict[NodeId, tuple[Item, Item]] = {}
    rows = await bench.offload.on_reading(
        lambda: list(diff_rows(bench.catalog.between(stream, old, new), before, after, changed))
    )
    service = service_of(stream)
    if service is Service.MAIL or not changed:
        return rows
    fields = await bench.offload.on_disk(_fields, bench, service, changed)
    return [replace(row, fields=fields.get(row.id, ())) for row in rows]


def _fields(
    bench: Bench, service: Service, changed: Mapping[NodeId, tuple[Item, Item]]
) -> dict[NodeId, tuple[str, ...]]:
    """Name what differs in the content of items; of bytes that cannot be read any more, nothing is said."""
    wanted = [((id, number), item.body) for id, pair in changed.items() for number, item in enumerate(pair)]
    found: dict[NodeId, dict[int, bytes]] = {}
    fields: dict[NodeId, tuple[str, ...]] = {}
    for (id, number), data in bench.vault.read_many((key, body) for key, body in wanted if body is not None):
        if isinstance(data, BodyDamaged):
            continue
        versions = found.setdefault(id, {})
        versions[number] = data
        if len(versions) == 2:
            del found[id]
            fields[id] = (*differing(service, versions[0], versions[1]), *changed_parts(*changed[id]))
    return {id: tuple(dict.fromkeys(codes)) for id, codes in fields.items()}


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
