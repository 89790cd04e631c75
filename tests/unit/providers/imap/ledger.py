"""A catalog and an engine in miniature: keeps what a source told, and asks for bodies as the real ones do."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Folder, Item
from saasbackup_desktop.core.ports import Glimpse
from saasbackup_desktop.core.stream import Checkpoint, Cursor, Gone, Put
from saasbackup_desktop.providers.formats.headers import header_digest
from saasbackup_desktop.providers.imap import ImapSource


class Ledger:
    """What the last snapshot holds. Implements core.ports.Known."""

    def __init__(self) -> None:
        self.nodes: dict[NodeId, Folder | Item] = {}
        self.bodies: dict[str, bytes] = {}
        self.cursor: Cursor | None = None
        self.fetched = 0
        self.put = 0
        self.gone = 0
        self.faults: dict[NodeId, str] = {}

    async def folders(self) -> Sequence[Folder]:
        return [node for node in self.nodes.values() if isinstance(node, Folder)]

    async def within(self, folder: NodeId) -> Sequence[Glimpse]:
        return [Glimpse(n.id, n.place, n.revision, n.flags) for n in self.all_items() if n.parent == folder]

    async def items(self, ids: Sequence[NodeId]) -> Mapping[NodeId, Item]:
        return {id: node for id in ids if isinstance(node := self.nodes.get(id), Item)}

    async def alike(self, sizes: Sequence[int]) -> Mapping[int, Sequence[Item]]:
        found: dict[int, list[Item]] = {}
        for item in self.all_items():
            if item.body and item.size in sizes:
                found.setdefault(item.size, []).append(item)
        return found

    def all_items(self) -> list[Item]:
        return [node for node in self.nodes.values() if isinstance(node, Item)]

    def folder(self, name: str) -> Folder:
        (found,) = [n for n in self.nodes.values() if isinstance(n, Folder) and n.name == name]
        return found

    def names(self) -> set[str]:
        return {self.path(node) for node in self.nodes.values() if isinstance(node, Folder)}

    def path(self, folder: Folder) -> str:
        if folder.parent is None:
            return folder.name
        parent = self.nodes[folder.parent]
        assert isinstance(parent, Folder)
        return self.path(parent) + "/" + folder.name

    def inside(self, name: str) -> list[Item]:
        folder = self.folder(name)
        return sorted((i for i in self.all_items() if i.parent == folder.id), key=lambda i: int(i.place.split(":")[1]))

    def data(self, item: Item) -> bytes:
        assert item.body is not None
        return self.bodies[item.body.sha256]

    async def follow(self, source: ImapSource, *, checkpoints: int | None = None) -> bool:
        """Take over everything that changed, or stop after so many checkpoints; True if it was everything."""
        self.fetched = self.put = self.gone = 0
        batch: list[Put | Gone] = []
        changes = source.changes(self.cursor, self)
        seen = 0
        complete = False
        async for change in changes:
            if not isinstance(change, Checkpoint):
                batch.append(change)
                continue
            await self._commit(source, batch)
            batch = []
            self.cursor = change.cursor
            complete = change.complete
            seen += 1
            if seen == checkpoints:
                break
        await changes.aclose()
        return complete

    async def _commit(self, source: ImapSource, batch: list[Put | Gone]) -> None:
        wanted = []
        for change in batch:
            if isinstance(change, Gone):
                self._remove(change.id)
            elif isinstance(change.node, Item):
                self.put += 1
                before = self.nodes.get(change.node.id)
                self.nodes[change.node.id] = change.node
                assert before is None or isinstance(before, Item)
                if change.node.body is None:
                    wanted.append(change.node)
            else:
                self.nodes[change.node.id] = change.node
        async for results in source.fetch(wanted):
            for result in results:
                if isinstance(result.data, Exception):
                    self.faults[result.item.id] = type(result.data).__name__
                    continue
                data = result.data if isinstance(result.data, bytes) else b"".join([p async for p in result.data])
                self.fetched += 1
                self._store(result.item, data)

    def _store(self, item: Item, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        facets = {**item.facets, "header": header_digest(data)}
        self.bodies[sha256] = data
        self.nodes[item.id] = replace(item, size=item.size, facets=facets, body=Body(sha256, len(data), ()))

    def _remove(self, id: NodeId) -> None:
        self.gone += 1
        self.nodes.pop(id, None)
        for node in list(self.nodes.values()):
            if node.parent == id:
                self._remove(node.id)
