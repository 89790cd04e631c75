"""Trees grown once more: from what somebody outside remembers, or from what is left of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item, Node
from saasbackup_desktop.vault.care.walks import entries
from saasbackup_desktop.vault.format import contents
from saasbackup_desktop.vault.format.trees import Entry, Trees
from saasbackup_desktop.vault.loading import Loading

_AT_ONCE: Final = 10_000
"""Entries between two flushes: their nodes stay at hand until they are durable."""


@dataclass(slots=True)
class Left:
    """A tree without what is lost."""

    root: str = ""
    items: int = 0
    folders: int = 0
    size: int = 0


def regrown(trees: Trees, nodes: Iterable[Node], loading: Loading) -> str:
    """Make a tree of these nodes, durably: its root."""
    return _grown(trees, ((contents.key_of(node), contents.value_of(node)) for node in nodes), loading)


def leftovers(trees: Trees, fetch: Callable[[bytes], bytes], root: str, loading: Loading) -> Left:
    """Make a tree of what can be read of another one. Items whose folder is lost lie in one named by its id."""
    left, known, wanted = Left(), set[str](), set[str]()

    def counted() -> Iterator[Entry]:
        for entry in entries(fetch, bytes.fromhex(root)):
            node = contents.node_of(*entry)
            if isinstance(node, Folder):
                known.add(node.id)
                left.folders += 1
            else:
                left.items += 1
                left.size += _size(node)
            if node.parent is not None:
                wanted.add(node.parent)
            yield entry

    left.root = _grown(trees, counted(), loading)
    orphaned = sorted(wanted - known)
    if orphaned:
        stand_ins = [Folder(id=NodeId(id), parent=None, name=id) for id in orphaned]
        pairs = {contents.key_of(folder): contents.value_of(folder) for folder in stand_ins}
        left.root = trees.changed(bytes.fromhex(left.root), pairs, loading.add_node).hex()
        left.folders += len(stand_ins)
        loading.flush()
    return left


def _grown(trees: Trees, pairs: Iterable[Entry], loading: Loading) -> str:
    root, rest = b"", iter(pairs)
    while some := dict(islice(rest, _AT_ONCE)):
        root = trees.changed(root, some, loading.add_node)
        loading.flush()
    return root.hex()


def _size(item: Item) -> int:
    return item.body.size if item.body is not None else (item.size or 0)
