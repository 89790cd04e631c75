"""The last snapshot, as a source asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Glimpse
from saasbackup_desktop.engine.bench import Bench


@dataclass(frozen=True, slots=True)
class KnownStream:
    """``core.ports.Known`` for one stream of the catalog."""

    bench: Bench
    stream: StreamId

    async def folders(self) -> Sequence[Folder]:
        """All folders."""
        return await self.bench.offload.on_reading(self.bench.catalog.folders, self.stream)

    async def within(self, folder: NodeId) -> Sequence[Glimpse]:
        """The items directly in a folder."""
        return await self.bench.offload.on_reading(self.bench.catalog.within, self.stream, folder)

    async def items(self, ids: Sequence[NodeId]) -> Mapping[NodeId, Item]:
        """Those of the items that are known, whole."""
        return await self.bench.offload.on_reading(self.bench.catalog.items, self.stream, ids)

    async def alike(self, sizes: Sequence[int]) -> Mapping[int, Sequence[Item]]:
        """Items of these sizes whose body is in the vault."""
        return await self.bench.offload.on_reading(self.bench.catalog.alike, self.stream, sizes)
