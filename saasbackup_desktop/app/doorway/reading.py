"""Points in time, and what is in them."""

from array import array
from collections.abc import AsyncIterator, Sequence

from saasbackup_desktop.app import browsing, showing, views
from saasbackup_desktop.app.doorway.opened import Opened
from saasbackup_desktop.core.ids import NodeId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Item, Service, Snapshot


class Reading(Opened):
    """Browse, search, compare and read. Every method may raise Fault."""

    async def snapshots(self, stream: StreamId) -> Sequence[Snapshot]:
        """A stream's points in time, newest first."""
        return await browsing.snapshots(self._workspace.bench, stream)

    async def folders(self, stream: StreamId, at: SnapshotId) -> Sequence[views.FolderRow]:
        """Folders at a point in time, parents first."""
        return await browsing.folders(self._workspace.bench, stream, at)

    async def first_rows(
        self, stream: StreamId, at: SnapshotId, folder: NodeId, order: views.Order, descending: bool, limit: int
    ) -> Sequence[views.ItemRow]:
        """The beginning of a folder's list: quick, before all numbers are known."""
        return await browsing.first_rows(self._workspace.bench, stream, at, folder, order, descending, limit)

    async def row_ids(
        self, stream: StreamId, at: SnapshotId, folder: NodeId, order: views.Order, descending: bool, words: str = ""
    ) -> "array[int]":
        """A folder's whole list, as row numbers in order."""
        return await browsing.row_ids(self._workspace.bench, stream, at, folder, order, descending, words)

    async def rows(self, ids: Sequence[RowId]) -> Sequence[views.ItemRow]:
        """Rows by their numbers, in the order asked."""
        return await browsing.rows(self._workspace.bench, ids)

    async def find_item(self, stream: StreamId, id: NodeId, at: SnapshotId | None = None) -> views.ItemRow:
        """One item, at a point in time or as it was last. Raises Misconfigured."""
        return await browsing.find_item(self._workspace.bench, stream, id, at)

    async def versions(self, stream: StreamId, id: NodeId) -> Sequence[views.VersionRow]:
        """An item's versions, newest first."""
        return await browsing.versions(self._workspace.bench, stream, id)

    async def search(self, query: views.Query, limit: int = 200, offset: int = 0) -> views.SearchPage:
        """Find items, newest first."""
        return await browsing.search(self._workspace.bench, query, limit, offset)

    async def diff(self, stream: StreamId, old: SnapshotId, new: SnapshotId) -> Sequence[views.DiffRow]:
        """What differs between two points in time."""
        return await browsing.diff(self._workspace.bench, stream, old, new)

    async def read(self, item: Item) -> bytes:
        """An item's original bytes. Raises BodyDamaged."""
        return await browsing.read(self._workspace.bench, item)

    def read_pieces(self, item: Item) -> AsyncIterator[bytes]:
        """An item's original bytes, piece by piece. Raises BodyDamaged."""
        return browsing.pieces(self._workspace.bench, item)

    async def read_part(self, item: Item, name: str) -> bytes:
        """The bytes of something that lies beside an item, by its name among ``Item.parts``.

        Raises BodyDamaged, Misconfigured.
        """
        return await showing.part(self._workspace.bench, item, name)

    async def preview(self, item: Item, service: Service = Service.MAIL) -> views.Preview:
        """An item of this service made safe to look at. Raises BodyDamaged."""
        return await showing.preview(self._workspace.bench, item, service)

    async def attachment(self, item: Item, index: int) -> bytes:
        """The bytes of a file that belongs to an item, by its preview's index. Raises BodyDamaged, Misconfigured."""
        return await showing.attachment(self._workspace.bench, item, index)
