"""What a directory held at a point in time: kinds, lists of objects, search, and single objects."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.entra.downloading.saving import save_archive
from saasbackup_desktop.app.entra.room import Room
from saasbackup_desktop.app.entra.views import LIVE, KindCount, ObjectPage, ObjectRow, ObjectView
from saasbackup_desktop.catalog.catalog import Row
from saasbackup_desktop.core.directory import objects as whole
from saasbackup_desktop.core.directory.objects import DirectoryObject, key_of, node_of, parts_of
from saasbackup_desktop.core.errors import DirectoryDenied, Misconfigured, Refused
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.engine.directory.naming import Names
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES
from saasbackup_desktop.providers.microsoft.entra.listing import facets_of

_MOST: Final = 500
"""More of one name help nobody."""
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Browsing(Room):
    """The part of the door for looking. Every method may raise Fault."""

    async def kinds(self, stream: StreamId, at: SnapshotId) -> Sequence[KindCount]:
        """The kinds of objects at a point in time, in the order in which people see them, and how many of each."""
        bench = self._workspace.bench
        schema = bench.directories.schema(stream)
        counts = {
            one.folder.id: one.items for one in await bench.offload.on_reading(bench.catalog.folders_at, stream, at)
        }
        return [
            KindCount(kind=kind.id, family=kind.family, count=counts[NodeId(kind.id)], is_beta=kind.is_beta)
            for kind in schema.values()
            if NodeId(kind.id) in counts
        ]

    async def objects(
        self, stream: StreamId, at: SnapshotId, kind: str, words: str = "", offset: int = 0, limit: int = 200
    ) -> ObjectPage:
        """Objects of a kind by name; with words, only those that match."""
        bench = self._workspace.bench

        def read() -> ObjectPage:
            ids = bench.catalog.row_ids(stream, at, NodeId(kind), "name", False, words)
            return ObjectPage(
                rows=[_row(one) for one in bench.catalog.rows(ids[offset : offset + limit])], total=len(ids)
            )

        return await bench.offload.on_reading(read)

    async def object(self, stream: StreamId, at: SnapshotId, key: str) -> ObjectView:
        """One object, whole, at a point in time or as it is now. Raises Misconfigured if it was not there."""
        bench = self._workspace.bench
        if at == LIVE:
            directory = bench.directories.directory(stream)
            try:
                found = (await directory.some([key])).get(key)
            finally:
                await directory.close()
            if found is None:
                raise _unknown(key)
        else:
            row = await bench.offload.on_reading(bench.catalog.item_at, stream, NodeId(key), at)
            if row is None or row.item.body is None:
                raise _unknown(key)
            found = await bench.offload.on_disk(self._read, row.item)
        return ObjectView(object=found, names=await Names(bench, stream).of([found]))

    async def find(self, stream: StreamId, at: SnapshotId, kind: str, name: str) -> Sequence[ObjectRow]:
        """Objects of a kind that are called so, at a point in time or as it is now: by id, name or what is told of
        them beside it (a principal name). Now is asked of the directory itself, the whole kind.
        """
        if at != LIVE:
            page = await self.objects(stream, at, kind, words=name, limit=_MOST)
            return [row for row in page.rows if _is_called(row, name)] or await self._by_id(stream, at, kind, name)
        bench = self._workspace.bench
        directory = bench.directories.directory(stream)
        try:
            if _ID.fullmatch(name) and (one := (await directory.some([key_of(kind, name)])).get(key_of(kind, name))):
                return [_live_row(one)]
            heard = [each async for each in directory.objects([kind])]
        finally:
            await directory.close()
        if fault := next((each for each in heard if each.code), None):
            raise (DirectoryDenied if fault.code == DirectoryDenied.code else Refused)(fault.detail)
        return [row for each in heard for one in each.objects if _is_called(row := _live_row(one), name)]

    async def search(
        self, stream: StreamId, words: str, at: SnapshotId | None = None, offset: int = 0, limit: int = 200
    ) -> ObjectPage:
        """Objects of every kind that words find, the newest first; without a point in time, through all of them.

        ``total`` counts no more than one beyond the stretch that was asked for.
        """
        bench = self._workspace.bench

        def read() -> ObjectPage:
            found = bench.catalog.search(stream, words, snapshot=at, limit=limit + 1, offset=offset)
            there = bench.catalog.items(stream, [one.item.id for one in found[:limit]]) if at is None else None
            rows = [_row(one, is_deleted=there is not None and one.item.id not in there) for one in found[:limit]]
            return ObjectPage(rows=rows, total=offset + len(found))

        return await bench.offload.on_reading(read)

    @noted("directory-downloaded", stream="stream", file="file", items="result")
    async def download(self, stream: StreamId, at: SnapshotId, keys: Sequence[str], file: Path) -> int:
        """Write everything, kinds or objects to an archive, with scripts that bring them back by hand; how many.

        ``keys`` as they are ticked: empty for everything, ``users``, ``users/ID``. Raises Misconfigured.
        """
        return await save_archive(self._workspace.bench, stream, at, keys, file)

    # --- within ----------------------------------------------------------------------------------------------

    async def _by_id(self, stream: StreamId, at: SnapshotId, kind: str, id: str) -> Sequence[ObjectRow]:
        bench = self._workspace.bench
        row = await bench.offload.on_reading(bench.catalog.item_at, stream, node_of(kind, id), at)
        return [] if row is None else [_row(row)]

    def _read(self, item: Item) -> DirectoryObject:
        assert item.body is not None
        return whole.read(self._workspace.vault.read(item.body))


def _is_called(row: ObjectRow, name: str) -> bool:
    return row.id == name or name.casefold() in (row.name.casefold(), row.about.casefold())


def _live_row(one: DirectoryObject) -> ObjectRow:
    said = facets_of(RECIPES[one.kind], one)
    return ObjectRow(kind=one.kind, id=one.id, name=one.name, about=said.get("about", ""), state=said.get("state", ""))


def _row(found: Row, *, is_deleted: bool = False) -> ObjectRow:
    item = found.item
    kind, id = parts_of(item.id)
    return ObjectRow(
        kind=kind,
        id=id,
        name=item.name,
        about=item.facets.get("about", ""),
        state=item.facets.get("state", ""),
        is_deleted=is_deleted,
    )


def _unknown(key: str) -> Misconfigured:
    return Misconfigured("no such object there", what="unknown-item", name=key)
