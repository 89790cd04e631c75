"""Tables ([MS-PST] 2.3.4)."""

import itertools
import struct
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from saasbackup_desktop.providers.files.pstcheck.blocks import MOST
from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable, nobody
from saasbackup_desktop.providers.files.pstcheck.heap import TABLE, Tree
from saasbackup_desktop.providers.files.pstcheck.nodes import Node
from saasbackup_desktop.providers.files.pstcheck.values import (
    GUID,
    KNOWN,
    WIDTHS,
    Value,
    decode,
    flaw,
)

ROW_ID, ROW_VERSION = 0x67F2, 0x67F3
_TREE_ITEM, _INFO_ITEM = 0x20, 0x40
_INFO = struct.Struct("<BB4HIII")
_REFERENCES_AT = 10
_REFERENCES = struct.Struct("<II")
_COLUMN = struct.Struct("<HHHBB")
_CHECKED_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Column:
    """Where cells of one property stand in rows."""

    id: int
    type: int
    offset: int
    size: int
    bit: int
    inline: bool
    """Whether the value itself stands in the row."""


class _Form(NamedTuple):
    """What many tables have in common: their columns, and what is wrong with these."""

    columns: tuple[Column, ...]
    by_id: Mapping[int, Column]
    ends: tuple[int, ...]
    flaws: tuple[tuple[str, str, Mapping[str, int]], ...]


def _without_references(info: bytes) -> bytes:
    """Leave out of a table's description what is its own: where its rows are."""
    return info[:_REFERENCES_AT] + bytes(_REFERENCES.size) + info[_REFERENCES_AT + _REFERENCES.size :]


@lru_cache(64)
def _form(info: bytes) -> _Form:
    _, count, *ends = _INFO.unpack_from(info)[:6]
    columns = tuple(
        Column(id_, type_, offset, size, bit, type_ in WIDTHS and type_ != GUID)
        for type_, id_, offset, size, bit in _COLUMN.iter_unpack(info[_INFO.size : _INFO.size + _COLUMN.size * count])
    )
    by_id = {column.id: column for column in columns}
    return _Form(columns, by_id, tuple(ends), tuple(_flaws(columns, by_id, ends)))


def _flaws(
    columns: Sequence[Column], by_id: Mapping[int, Column], ends: Sequence[int]
) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    tags = [(column.id, column.type) for column in columns]
    if any(after <= before for before, after in itertools.pairwise(tags)):
        yield "table-column-order", "", {}
    taken: set[int] = set()
    bits: set[int] = set()
    for column in columns:
        spot = f", column {column.id:#06x}"
        if column.type not in KNOWN:
            yield "table-column-type", spot, {"type": column.type}
            continue
        width = WIDTHS[column.type] if column.inline else 4
        low = 0 if width >= 4 else ends[0] if width == 2 else ends[1]
        high = ends[0] if width >= 4 else ends[1] if width == 2 else ends[2]
        span = set(range(column.offset, column.offset + column.size))
        if column.size != width or not low <= column.offset <= high - width or taken & span:
            yield "table-column-place", spot, {"offset": column.offset, "size": column.size}
        if column.bit in bits or ends[2] + column.bit // 8 >= ends[3]:
            yield "table-column-bit", spot, {"bit": column.bit}
        taken |= span
        bits.add(column.bit)
    for id_, offset in ((ROW_ID, 0), (ROW_VERSION, 4)):
        found = by_id.get(id_)
        if found is None or found.offset != offset or found.bit != offset // 4:
            yield "table-column-fixed", "", {"column": id_}


class Table:
    """Columns, and rows that are read one after the other; raises Unreadable if the node has no table.

    What is wrong with the heap around them is told first: it may be why they cannot be read.
    """

    def __init__(self, node: Node, tell: Tell = nobody) -> None:
        self.node = node
        heap = node.heap
        if tell is not nobody:
            heap.check(tell)
        if heap.client != TABLE:
            raise Unreadable("heap-client", node.place, expected=TABLE, found=heap.client)
        info = heap.item(heap.root)
        if len(info) < _INFO.size or info[0] != TABLE or len(info) < _INFO.size + _COLUMN.size * info[1]:
            raise Unreadable("table-info", node.place, size=len(info))
        self.index_hid, self.rows_hnid = _REFERENCES.unpack_from(info, _REFERENCES_AT)
        self.columns, self.by_id, self.ends, self._flaws = _form(_without_references(info))
        self.width = self.ends[3]
        if not 0 < self.width <= MOST or self.ends[2] > self.width:
            raise Unreadable("table-info", node.place, width=self.width)
        self.tree = Tree(heap, self.index_hid, 4, node.blocks.form.row.size - 4)

    @cached_property
    def rows_in_index(self) -> "tuple[array[int], array[int]]":
        """Ids of rows, ascending, and the place of each in the matrix."""
        ids, places = array("I"), array("I")
        for leaf in self.tree.leaves():
            for id_, place in self.node.blocks.form.row.iter_unpack(leaf):
                ids.append(id_)
                places.append(place)
        return ids, places

    def __len__(self) -> int:
        return len(self.rows_in_index[0])

    def rows(self) -> Iterator["Row"]:
        """Read all rows as they lie in the matrix."""
        left = len(self)
        for data in self._matrix():
            for at in range(0, len(data) - self.width + 1, self.width):
                if not left:
                    return
                left -= 1
                yield Row(self, data[at : at + self.width])
        if left:
            raise Unreadable("table-rows", self.node.place, missing=left)

    def _matrix(self) -> Iterator[bytes]:
        if not self.rows_hnid:
            return iter(())
        return self.node.pieces_of(self.rows_hnid)

    def check(self, tell: Tell, used: set[int]) -> None:
        """Check the columns, the index, and how rows are laid out."""
        heap, place = self.node.heap, self.node.place
        self.tree.check(tell)
        if heap.root != _INFO_ITEM or self.index_hid != _TREE_ITEM:
            tell("table-items", place, index=self.index_hid, info=heap.root)
        if self.rows_hnid & 0x1F:
            used.add(self.rows_hnid)
        for code, spot, facts in self._flaws:
            tell(code, f"{place}{spot}", **facts)
        ids, places = self.rows_in_index
        if sorted(places) != list(range(len(ids))):
            tell("table-index", place, rows=len(ids))
        self._check_matrix(len(ids), tell)

    def _check_matrix(self, rows: int, tell: Tell) -> None:
        place = self.node.place
        if not self.rows_hnid:
            if rows:
                tell("table-rows", place, missing=rows)
            return
        if not self.rows_hnid & 0x1F:
            size = len(self.node.heap.item(self.rows_hnid))
            if size != rows * self.width:
                tell("table-rows", place, expected=rows * self.width, found=size)
            return
        data = self.node.sub(self.rows_hnid).data
        each = MOST // self.width
        full, rest = divmod(rows, each)
        blocks = full + bool(rest)
        if len(data) != blocks or data.size < (blocks - 1) * MOST + (rest or each) * self.width:
            tell("table-rows", place, blocks=len(data), expected=blocks, bytes=data.size)


class Row:
    """One row: the bytes of its cells, and which of them there are."""

    __slots__ = ("data", "table")

    def __init__(self, table: Table, data: bytes) -> None:
        self.table = table
        self.data = data

    @property
    def id(self) -> int:
        """Which object the row stands for."""
        return int.from_bytes(self.data[:4], "little")

    @property
    def version(self) -> int:
        """A number that grows whenever a row of the file changes."""
        return int.from_bytes(self.data[4:8], "little")

    def has(self, column: Column) -> bool:
        """Tell whether there is a cell."""
        at = self.table.ends[2] + column.bit // 8
        return at < len(self.data) and bool(self.data[at] & 0x80 >> column.bit % 8)

    def cell(self, column: Column) -> bytes | None:
        """Read the bytes of a cell; None if there is none."""
        if not self.has(column):
            return None
        data = self.data[column.offset : column.offset + column.size]
        return data if column.inline else self.table.node.bytes_of(int.from_bytes(data, "little"))

    def value(self, id_: int) -> Value:
        """Read a value; None if there is none."""
        column = self.table.by_id.get(id_)
        data = None if column is None else self.cell(column)
        if column is None or data is None:
            return None
        try:
            return decode(column.type, data, "")
        except Unreadable as unreadable:
            raise Unreadable(unreadable.code, self.place(id_), **unreadable.facts) from None

    def integer(self, id_: int) -> int:
        """Read a number; zero if there is none."""
        value = self.value(id_)
        return value if isinstance(value, int) else 0

    def place(self, id_: int) -> str:
        """Say where a cell is."""
        return f"{self.table.node.place}, row {self.id:#x}, cell {id_:#06x}"

    def check(self, tell: Tell, used: set[int]) -> None:
        """Check the forms of all cells, and note the nodes within that they use."""
        for column in self.table.columns:
            if column.inline or not self.has(column) or column.type not in KNOWN:
                continue
            hnid = int.from_bytes(self.data[column.offset : column.offset + 4], "little")
            if hnid & 0x1F:
                used.add(hnid)
            try:
                size = self.table.node.size_of(hnid)
                code = flaw(column.type, self.table.node.bytes_of(hnid)) if size <= _CHECKED_BYTES else None
                if code:
                    tell(code, self.place(column.id), size=size)
            except Unreadable as unreadable:
                tell(unreadable.code, self.place(column.id), **unreadable.facts)
