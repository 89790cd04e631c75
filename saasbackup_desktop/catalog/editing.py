"""From what a source says to what is really different."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from saasbackup_desktop.catalog.known import items_within, known_folders, known_nodes
from saasbackup_desktop.catalog.rows import settled
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Item, Node
from saasbackup_desktop.core.stream import Gone, Put


def edits_of(connection: Connection, stream: int | None, changes: Sequence[Put | Gone]) -> list[Edit]:
    """Find the edits that a batch of changes amounts to, taken in order.

    A folder that is gone takes with it what is in it at that moment, and not what the batch moved out before. An item
    without a body takes over the known one's if its revision is the same; else its edit has none, and it is to be
    fetched.
    """
    ids = list(dict.fromkeys(change.node.id if isinstance(change, Put) else change.id for change in changes))
    batch = _Batch(connection, stream)
    if stream is not None:
        batch.before = known_nodes(connection, stream, ids)
    for change in changes:
        if isinstance(change, Put):
            batch.put(change.node)
        else:
            batch.bury(change.id)
    return batch.edits()


@dataclass(slots=True)
class _Batch:
    """Nodes as they were and as they become, while changes are taken in."""

    connection: Connection
    stream: int | None
    before: dict[NodeId, Node] = field(default_factory=dict)
    after: dict[NodeId, Node | None] = field(default_factory=dict)
    _known_folders: dict[NodeId, Folder] | None = None

    def put(self, node: Node) -> None:
        self.after[node.id] = settled(_with_known_body(node, self._now(node.id)))

    def bury(self, id: NodeId) -> None:
        if isinstance(self._now(id), Folder):
            self._bury_subtree(id)
        self.after[id] = None

    def edits(self) -> list[Edit]:
        pairs = ((self.before.get(id), new) for id, new in self.after.items())
        return [Edit(old, new) for old, new in pairs if old != new]

    def _now(self, id: NodeId) -> Node | None:
        return self.after[id] if id in self.after else self.before.get(id)

    def _bury_subtree(self, top: NodeId) -> None:
        known = self._folders_known()
        children: dict[NodeId | None, list[NodeId]] = {}
        for id in {**known, **self.after}:
            node = self.after.get(id) if id in self.after else known.get(id)
            if node is not None:
                children.setdefault(node.parent, []).append(id)
        buried: dict[NodeId, None] = {top: None}
        waiting = [top]
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if child not in buried:
                    buried[child] = None
                    waiting.append(child)
        if self.stream is not None:
            for item in items_within(self.connection, self.stream, list(buried)):
                if item.id not in self.after:
                    self.before[item.id] = item
                    buried[item.id] = None
        for id in buried:
            if id in known:
                self.before.setdefault(id, known[id])
            self.after[id] = None

    def _folders_known(self) -> dict[NodeId, Folder]:
        if self._known_folders is None:
            found = known_folders(self.connection, self.stream) if self.stream is not None else []
            self._known_folders = {folder.id: folder for folder in found}
        return self._known_folders


def _with_known_body(node: Node, known: Node | None) -> Node:
    if not isinstance(node, Item) or node.body is not None:
        return node
    if not isinstance(known, Item) or known.body is None or known.revision != node.revision:
        return node
    return replace(
        node,
        name=node.name or known.name,
        size=known.size,
        time=node.time if node.time is not None else known.time,
        facets={**known.facets, **node.facets},
        body=known.body,
        parts=known.parts,
    )
