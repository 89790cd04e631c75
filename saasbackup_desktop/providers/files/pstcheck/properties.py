"""Properties of an object ([MS-PST] 2.3.3)."""

import struct
from collections.abc import Iterator

from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable, nobody
from saasbackup_desktop.providers.files.pstcheck.heap import PROPERTIES, Tree
from saasbackup_desktop.providers.files.pstcheck.nodes import Node
from saasbackup_desktop.providers.files.pstcheck.values import (
    BOOLEAN,
    KNOWN,
    OBJECT,
    WIDTHS,
    Contained,
    Value,
    decode,
    flaw,
    is_inline,
)

_RECORD = struct.Struct("<HHI")
_CHECKED_BYTES = 1 << 20
"""Longer values are looked at by their size only: their blocks are checked anyway."""


class Properties:
    """Properties by their ids; raises Unreadable if the node has no list of properties.

    What is wrong with the heap around them is told first: it may be why they cannot be read.
    """

    def __init__(self, node: Node, tell: Tell = nobody) -> None:
        self.node = node
        heap = node.heap
        if tell is not nobody:
            heap.check(tell)
        if heap.client != PROPERTIES:
            raise Unreadable("heap-client", node.place, expected=PROPERTIES, found=heap.client)
        self.tree = Tree(heap, heap.root, 2, 6)
        self.records: dict[int, tuple[int, int]] = {}
        for leaf in self.tree.leaves():
            for id_, type_, value in _RECORD.iter_unpack(leaf):
                self.records[id_] = (type_, value)

    def __contains__(self, id_: int) -> bool:
        return id_ in self.records

    def __iter__(self) -> Iterator[int]:
        return iter(self.records)

    def type(self, id_: int) -> int:
        """Tell the type of a property; zero if there is none of this id."""
        return self.records.get(id_, (0, 0))[0]

    def data(self, id_: int) -> bytes:
        """Read the bytes of a value; nothing if there is none."""
        type_, value = self.records.get(id_, (0, 0))
        if is_inline(type_):
            return value.to_bytes(4, "little")[: WIDTHS[type_]]
        return self.node.bytes_of(value)

    def size(self, id_: int) -> int:
        """Tell how many bytes a value has, without reading it where it is large."""
        type_, value = self.records.get(id_, (0, 0))
        return WIDTHS[type_] if is_inline(type_) else self.node.size_of(value)

    def pieces(self, id_: int) -> Iterator[bytes]:
        """Read the bytes of a value piece by piece."""
        return self.node.pieces_of(self.records.get(id_, (0, 0))[1])

    def contained(self, id_: int) -> Contained | None:
        """Tell what an object property stands for."""
        type_, value = self.records.get(id_, (0, 0))
        if type_ != OBJECT:
            return None
        data = self.node.heap.item(value)
        if len(data) != 8:
            raise Unreadable("value-size", self.place(id_), expected=8, found=len(data))
        return Contained(*struct.unpack("<II", data))

    def value(self, id_: int) -> Value:
        """Read a value; None if there is none of this id."""
        if id_ not in self.records:
            return None
        try:
            return decode(self.type(id_), self.data(id_), "")
        except Unreadable as unreadable:
            raise Unreadable(unreadable.code, self.place(id_), **unreadable.facts) from None

    def integer(self, id_: int) -> int:
        """Read a number; zero if there is none."""
        value = self.value(id_)
        return value if isinstance(value, int) else 0

    def text(self, id_: int) -> str:
        """Read a text; empty if there is none."""
        value = self.value(id_)
        return value if isinstance(value, str) else ""

    def place(self, id_: int) -> str:
        """Say where a property is."""
        return f"{self.node.place}, property {id_:#06x}"

    def check(self, tell: Tell, used: set[int]) -> int:
        """Check all properties, note the nodes within that they use, and tell the bytes of all their values."""
        self.tree.check(tell)
        if self.tree.levels:
            tell("properties-levels", self.node.place, properties=len(self.records))
        total = 0
        for id_ in self.records:
            try:
                total += self._check_one(id_, tell, used)
            except Unreadable as unreadable:
                tell(unreadable.code, self.place(id_), **unreadable.facts)
        return total

    def _check_one(self, id_: int, tell: Tell, used: set[int]) -> int:
        type_, value = self.records[id_]
        if type_ not in KNOWN:
            tell("property-type", self.place(id_), type=type_)
            return 0
        if is_inline(type_):
            if value >> 8 * WIDTHS[type_] or (type_ == BOOLEAN and value > 1):
                tell("property-inline", self.place(id_), value=value)
            return WIDTHS[type_]
        if value & 0x1F:
            used.add(value)
        if type_ == OBJECT:
            contained = self.contained(id_)
            if contained is not None:
                used.add(contained.nid)
                self.node.sub(contained.nid)
            return 8
        size = self.node.size_of(value)
        code = flaw(type_, self.data(id_)) if size <= _CHECKED_BYTES else None
        if code:
            tell(code, self.place(id_), size=size)
        return size
