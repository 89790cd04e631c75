"""Nodes by their ids ([MS-PST] 2.2.2.7.7.4), kept small: 24 bytes for each."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from saasbackup_desktop.providers.files.pstcheck.blocks import Blocks, Data, Sub
from saasbackup_desktop.providers.files.pstcheck.findings import Unreadable
from saasbackup_desktop.providers.files.pstcheck.heap import Heap


class Kind(IntEnum):
    """Types of nodes: the lowest five bits of an id ([MS-PST] 2.2.2.1)."""

    HEAP = 0x00
    INTERNAL = 0x01
    FOLDER = 0x02
    SEARCH_FOLDER = 0x03
    MESSAGE = 0x04
    ATTACHMENT = 0x05
    SEARCH_UPDATES = 0x06
    SEARCH_CRITERIA = 0x07
    ASSOCIATED = 0x08
    CONTENTS_INDEX = 0x0A
    INBOX = 0x0B
    OUTBOX = 0x0C
    HIERARCHY = 0x0D
    CONTENTS = 0x0E
    ASSOCIATED_CONTENTS = 0x0F
    SEARCH_CONTENTS = 0x10
    ATTACHMENTS = 0x11
    RECIPIENTS = 0x12
    SEARCH_INDEX = 0x13
    SEARCH_DOMAIN = 0x14
    INDEX_15 = 0x15
    INDEX_16 = 0x16
    INDEX_17 = 0x17
    INDEX_18 = 0x18
    LTP = 0x1F


KINDS = frozenset(map(int, Kind))


def kind_of(nid: int) -> int:
    """Tell the type of a node by its id."""
    return nid & 0x1F


def sibling(nid: int, kind: Kind) -> int:
    """Tell the id of what belongs to a node and has its index."""
    return nid & ~0x1F | kind


@dataclass(eq=False)
class Node:
    """A node, or a node within a node, whose contents are read when they are asked for."""

    blocks: Blocks
    nid: int
    data_bid: int
    subs_bid: int
    place: str

    @cached_property
    def data(self) -> Data:
        """Its data; raises Unreadable if it has none."""
        if not self.data_bid:
            raise Unreadable("node-empty", self.place)
        return self.blocks.data(self.data_bid)

    @cached_property
    def subs(self) -> dict[int, Sub]:
        """The nodes within."""
        return self.blocks.subs(self.subs_bid)

    @cached_property
    def heap(self) -> Heap:
        """Its data as a heap."""
        return Heap(self.data, self.place)

    def sub(self, nid: int) -> "Node":
        """Find a node within; raises Unreadable if there is none."""
        sub = self.subs.get(nid)
        if sub is None:
            raise Unreadable("sub-missing", self.place, nid=nid)
        return Node(self.blocks, nid, sub.data, sub.subs, f"{self.place} / {nid:#x}")

    def bytes_of(self, hnid: int) -> bytes:
        """Read an item of the heap, or all data of a node within; nothing if the id is zero."""
        if not hnid:
            return b""
        return self.sub(hnid).data.read() if hnid & 0x1F else self.heap.item(hnid)

    def size_of(self, hnid: int) -> int:
        """Tell the size of an item of the heap or of a node within, without reading the latter."""
        if not hnid:
            return 0
        return self.sub(hnid).data.size if hnid & 0x1F else len(self.heap.item(hnid))

    def pieces_of(self, hnid: int) -> Iterator[bytes]:
        """Read what an id stands for piece by piece."""
        if hnid and hnid & 0x1F:
            yield from self.sub(hnid).data.pieces()
        elif hnid:
            yield self.heap.item(hnid)


class Nodes:
    """All nodes of a file in the order of their ids."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self.nids = array("I")
        self._data = array("Q")
        self._subs = array("Q")
        self.parents = array("I")

    def add(self, nid: int, data: int, subs: int, parent: int) -> None:
        """Take an entry of the tree of nodes; they come in order."""
        if (self.nids and nid <= self.nids[-1]) or nid > 0xFFFFFFFF:
            return
        self.nids.append(nid)
        self._data.append(data)
        self._subs.append(subs)
        self.parents.append(parent)

    def __len__(self) -> int:
        return len(self.nids)

    def __contains__(self, nid: int) -> bool:
        return self.index(nid) is not None

    def index(self, nid: int) -> int | None:
        """Find the place of a node in the order of ids."""
        place = bisect_left(self.nids, nid)
        return place if place < len(self.nids) and self.nids[place] == nid else None

    def at(self, index: int) -> Node:
        """Give the node at a place."""
        nid = self.nids[index]
        return Node(self._blocks, nid, self._data[index], self._subs[index], f"node {nid:#x}")

    def node(self, nid: int) -> Node:
        """Find a node; raises Unreadable if there is none."""
        index = self.index(nid)
        if index is None:
            raise Unreadable("node-missing", f"node {nid:#x}")
        return self.at(index)

    def parent(self, nid: int) -> int:
        """Tell which folder a node says it is in."""
        index = self.index(nid)
        return 0 if index is None else self.parents[index]
