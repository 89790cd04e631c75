"""A file that is made ill on purpose: one thing at a time, and sums over it mended, so that nothing else is wrong."""

import struct
from collections.abc import Iterator
from pathlib import Path

from saasbackup_desktop.providers.files.pstcheck.ciphers import reveal
from saasbackup_desktop.providers.files.pstcheck.image import checksum, signature
from saasbackup_desktop.providers.files.pstcheck.nodes import Node
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.structure import Structure
from saasbackup_desktop.providers.files.pstcheck.table import Column, Table

_PLAIN = bytes(range(256))


class Patient:
    """The bytes of a file, and where its parts lie."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = bytearray(path.read_bytes())
        self.file = Structure(path)
        shown = reveal(_PLAIN, self.file.header.method, 0)
        self._hide = bytes(shown.index(value) for value in range(256))

    def close(self) -> None:
        """Write what was changed."""
        self.file.image.close()
        self.path.write_bytes(self.bytes)

    # the header

    def head(self, at: int, data: bytes) -> None:
        """Change the header, and its sums."""
        self.bytes[at : at + len(data)] = data
        struct.pack_into("<I", self.bytes, 4, checksum(bytes(self.bytes[8:479])))
        struct.pack_into("<I", self.bytes, 524, checksum(bytes(self.bytes[8:524])))

    # pages

    def page(self, at: int, offset: int, data: bytes) -> None:
        """Change a page, and its sum."""
        self.bytes[at + offset : at + offset + len(data)] = data
        struct.pack_into("<I", self.bytes, at + 500, checksum(bytes(self.bytes[at : at + 496])))

    def pages(self, kind: int, at: int | None = None) -> Iterator[int]:
        """Find the pages of a tree: its root first."""
        if at is None:
            at = self.file.header.nodes.at if kind == 0x81 else self.file.header.blocks.at
        yield at
        if self.bytes[at + 491]:
            for number in range(self.bytes[at + 488]):
                yield from self.pages(kind, struct.unpack_from("<Q", self.bytes, at + 24 * number + 16)[0])

    def entry(self, kind: int, key: int) -> tuple[int, int]:
        """Find the entry of a leaf by its key: the page, and where in it."""
        size = 32 if kind == 0x81 else 24
        for at in self.pages(kind):
            if not self.bytes[at + 491]:
                for number in range(self.bytes[at + 488]):
                    if struct.unpack_from("<Q", self.bytes, at + size * number)[0] == key:
                        return at, size * number
        raise KeyError(key)

    def node_entry(self, nid: int, offset: int, data: bytes) -> None:
        """Change the entry of a node."""
        at, place = self.entry(0x81, nid)
        self.page(at, place + offset, data)

    def block_entry(self, bid: int, offset: int, data: bytes) -> None:
        """Change the entry of a block."""
        at, place = self.entry(0x80, bid)
        self.page(at, place + offset, data)

    # blocks

    def place(self, bid: int) -> tuple[int, int]:
        """Tell where a block lies, and how many bytes of data it holds."""
        index = self.file.blocks.index(bid)
        return self.file.blocks.places[index], self.file.blocks.sizes[index]

    def plain(self, bid: int) -> bytes:
        """Read a block's data as it is now."""
        at, size = self.place(bid)
        data = bytes(self.bytes[at : at + size])
        return data if bid & 2 else reveal(data, self.file.header.method, bid)

    def trailer(self, bid: int) -> int:
        """Tell where a block's own trailer lies."""
        at, size = self.place(bid)
        return at + -(-(size + 16) // 64) * 64 - 16

    def block(self, bid: int, offset: int, data: bytes) -> None:
        """Change the data of a block, and its sum."""
        at, size = self.place(bid)
        self.bytes[at + offset : at + offset + len(data)] = data if bid & 2 else data.translate(self._hide)
        struct.pack_into("<I", self.bytes, self.trailer(bid) + 4, checksum(bytes(self.bytes[at : at + size])))

    def resign(self, bid: int, own: int) -> None:
        """Give a block another id of its own, with the signature that belongs to it."""
        at, _ = self.place(bid)
        struct.pack_into("<H", self.bytes, self.trailer(bid) + 2, signature(at, own))
        struct.pack_into("<Q", self.bytes, self.trailer(bid) + 8, own)

    def internal(self, kind: int, level: int | None = None) -> int:
        """Find a block that leads to others: 1 joins data, 2 holds nodes."""
        for bid in self.file.blocks.bids:
            if bid & 2 and self.plain(bid)[0] == kind and level in (None, self.plain(bid)[1]):
                return bid
        raise KeyError(kind)

    # heaps

    def node(self, nid: int, *within: int) -> Node:
        """Find a node, or one within it."""
        node = self.file.nodes.node(nid)
        for inner in within:
            node = node.sub(inner)
        return node

    def heap(self, node: Node, offset: int, data: bytes, block: int = 0) -> None:
        """Change the heap of a node anywhere."""
        self.block(node.data.bids[block], offset, data)

    def item_at(self, node: Node, hid: int) -> tuple[int, int]:
        """Tell where an item lies: the number of its block, and where in that."""
        plain = self.plain(node.data.bids[hid >> 16])
        (at,) = struct.unpack_from("<H", plain)
        return hid >> 16, struct.unpack_from("<H", plain, at + 4 + 2 * ((hid >> 5 & 0x7FF) - 1))[0]

    def item(self, node: Node, hid: int, offset: int, data: bytes) -> None:
        """Change an item of a heap."""
        block, at = self.item_at(node, hid)
        self.heap(node, at + offset, data, block)

    # properties and tables

    def record(self, node: Node, id_: int) -> tuple[int, int]:
        """Find the record of a property in a list of one level: the item, and where in it."""
        tree = struct.unpack_from("<I", node.heap.item(node.heap.root), 4)[0]
        data = node.heap.item(tree)
        for at in range(0, len(data), 8):
            if struct.unpack_from("<H", data, at)[0] == id_:
                return tree, at
        raise KeyError(id_)

    def property(self, node: Node, id_: int, offset: int, data: bytes) -> None:
        """Change the record of a property: 0 its id, 2 its type, 4 its value."""
        item, at = self.record(node, id_)
        self.item(node, item, at + offset, data)

    def value(self, node: Node, id_: int, offset: int, data: bytes) -> None:
        """Change the value of a property that lies in the heap."""
        self.item(node, Properties(node).records[id_][1], offset, data)

    def info(self, node: Node, offset: int, data: bytes) -> None:
        """Change what a table says of itself."""
        self.item(node, node.heap.root, offset, data)

    def column(self, node: Node, id_: int, offset: int, data: bytes) -> None:
        """Change what a table says of a column: 0 type, 2 id, 4 place, 6 size, 7 bit."""
        number = [column.id for column in Table(node).columns].index(id_)
        self.info(node, 22 + 8 * number + offset, data)

    def row(self, node: Node, number: int, offset: int, data: bytes) -> None:
        """Change a row of a table whose rows lie in its heap."""
        table = Table(node)
        self.item(node, table.rows_hnid, number * table.width + offset, data)

    def cell(self, node: Node, number: int, id_: int, data: bytes) -> None:
        """Change a cell."""
        self.row(node, number, Table(node).by_id[id_].offset, data)

    def drop_cell(self, node: Node, number: int, id_: int) -> None:
        """Say that there is no such cell."""
        self._bit(node, number, Table(node).by_id[id_], on=False)

    def add_cell(self, node: Node, number: int, id_: int) -> None:
        """Say that there is such a cell."""
        self._bit(node, number, Table(node).by_id[id_], on=True)

    def _bit(self, node: Node, number: int, column: Column, *, on: bool) -> None:
        table = Table(node)
        at = table.ends[2] + column.bit // 8
        now = list(table.rows())[number].data[at]
        bit = 0x80 >> column.bit % 8
        self.row(node, number, at, bytes([now | bit if on else now & ~bit]))
