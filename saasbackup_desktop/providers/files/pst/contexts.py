"""Properties of an object, and tables of objects ([MS-PST] 2.3.3, 2.3.4)."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from saasbackup_desktop.providers.files.pst.blocks import LARGEST, Blocks, Subnode
from saasbackup_desktop.providers.files.pst.heap import LARGEST_VALUE, MOST_BLOCKS, Heap, SortedTree
from saasbackup_desktop.providers.files.pst.model import Type
from saasbackup_desktop.providers.files.pst.values import SIZES, Raw

_PROPERTIES, _TABLE = 0xBC, 0x7C
_RECORD = struct.Struct("<HHI")
_HEAD = 0x20
_INFO = 0x40
ROW_ID, ROW_VERSION = 0x67F2, 0x67F3
MESSAGE, LARGE_VALUE = 0x04, 0x1F
"""Types of nodes."""


class Numbers:
    """Numbers for the subnodes of a node and of everything in it: libpff looks for them in all of these at once."""

    def __init__(self, high: dict[int, int]) -> None:
        self._high = high
        self._next: dict[int, int] = {}

    def take(self, kind: int) -> int:
        """Give the id of the next subnode of a type."""
        number = self._next.get(kind, 0x401)
        self._next[kind] = number + 1
        if number > self._high.get(kind, 0):
            self._high[kind] = number
        return number << 5 | kind

    def take_message(self) -> int:
        """Give the id of the next message: no other of the file has it."""
        self._high[MESSAGE] += 1
        return self._high[MESSAGE] << 5 | MESSAGE


class Placed(NamedTuple):
    """A value that is in the file already: the block that leads to it, and its size."""

    block: int
    size: int


class Inside(NamedTuple):
    """An object that is a subnode: its id and size."""

    node: int
    size: int


Value = Raw | Placed | Inside
Records = dict[int, tuple[int, Value]]
"""By number of the property: type and value."""


def properties(
    blocks: Blocks,
    records: Records,
    numbers: Numbers,
    subnodes: list[Subnode],
    size: tuple[int, Callable[[int], int]] | None = None,
) -> int:
    """Write an object's properties and give their block; large values become subnodes.

    ``size`` names the property that tells how large the object is, and computes it from the bytes of this block.
    """
    heap = Heap(blocks, _PROPERTIES)
    heap.add(bytes(8))
    leaves = SortedTree(heap, 2, 6)
    entries: list[tuple[int, int, int]] = []
    for number, (kind, value) in sorted(records.items()):
        if isinstance(value, int):
            shown = value
        elif isinstance(value, bytes):
            if not value:
                shown = 0
            elif len(value) <= LARGEST_VALUE:
                shown = heap.add(value)
            else:
                shown = numbers.take(LARGE_VALUE)
                subnodes.append((shown, blocks.data(value), 0))
        elif isinstance(value, Placed):
            shown = numbers.take(LARGE_VALUE)
            subnodes.append((shown, value.block, 0))
        else:
            shown = heap.add(struct.pack("<II", value.node, value.size))
        entries.append((number, kind, shown))
    for entry in entries:
        leaves.add(_RECORD.pack(*entry))
    heap.rewrite(_HEAD, 0, leaves.finish())
    if size is not None:
        which, compute = size
        total = compute(heap.size())
        records[which] = (Type.INTEGER32, total)
        position = next(at for at, entry in enumerate(entries) if entry[0] == which)
        leaf, first = leaves.leaf(position)
        heap.rewrite(leaf, (position - first) * _RECORD.size, _RECORD.pack(which, Type.INTEGER32, total))
    return heap.finish(_HEAD)


class Column(NamedTuple):
    """Where the cells of a column lie in a row."""

    kind: int
    place: int
    size: int
    byte: int
    mask: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a table are built."""

    columns: Mapping[int, Column]
    cells: int
    """Where the bits begin that tell which cells are set."""
    width: int
    info: bytes
    """Description of the columns, with room for the ids of rows and index."""


def layout(columns: Iterable[tuple[int, int]]) -> Layout:
    """Lay columns out, given as number and type in the order in which they were added."""
    whole = [(ROW_ID, int(Type.INTEGER32)), (ROW_VERSION, int(Type.INTEGER32)), *columns]
    places: dict[int, tuple[int, int]] = {}
    place = 0
    ends = []
    for sizes in ((8, 4), (2,), (1,)):
        for number, kind in whole:
            if (size := _cell(kind)) in sizes:
                places[number] = (place, size)
                place += size
        ends.append(place)
    width = place + -(-len(whole) // 8)
    found = {
        number: Column(kind, *places[number], bit >> 3, 0x80 >> (bit & 7)) for bit, (number, kind) in enumerate(whole)
    }
    described = b"".join(
        struct.pack("<HHHBB", kind, number, *places[number], bit)
        for number, kind, bit in sorted((number, kind, bit) for bit, (number, kind) in enumerate(whole))
    )
    info = struct.pack("<BB4HIII", _TABLE, len(whole), *ends, width, _HEAD, 0, 0) + described
    return Layout(found, place, width, info)


def _cell(kind: int) -> int:
    if kind in SIZES:
        return SIZES[kind]
    return 8 if kind in (Type.FLOATING64, Type.INTEGER64, Type.TIME) else 4


class Versions:
    """Numbers the rows of all tables of a file."""

    def __init__(self) -> None:
        self.next = 1

    def take(self) -> int:
        """Give the next row its number."""
        self.next += 1
        return self.next - 1


class Table:
    """Rows with rising ids; of a large table only the end is in memory."""

    def __init__(self, blocks: Blocks, form: Layout, numbers: Numbers, versions: Versions) -> None:
        self._blocks = blocks
        self._form = form
        self._numbers = numbers
        self._versions = versions
        self._heap = Heap(blocks, _TABLE, flowing=True)
        self._heap.add(bytes(8))
        self._heap.add(form.info)
        self._index = SortedTree(self._heap, 4, 4)
        self._rows = bytearray()
        self._full = LARGEST // form.width * form.width
        self._written: list[int] = []
        self._subnodes: list[Subnode] = []
        self.count = 0

    def add(self, row: int, cells: Mapping[int, tuple[int, Value]]) -> None:
        """Add a row: what is not one of the columns is left out."""
        form = self._form
        columns = form.columns
        line = bytearray(form.width)
        struct.pack_into("<II", line, 0, row, self._versions.take())
        bits = form.cells
        line[bits] = 0xC0
        for number, (kind, value) in cells.items():
            column = columns.get(number)
            if column is None or column.kind != kind:
                continue
            line[bits + column.byte] |= column.mask
            if isinstance(value, int):
                shown = value.to_bytes(column.size, "little")
            elif isinstance(value, bytes):
                shown = value if column.size == 8 else self._keep(value).to_bytes(4, "little")
            else:
                continue
            line[column.place : column.place + column.size] = shown
        self._index.add(struct.pack("<II", row, self.count))
        if len(self._rows) == self._full:
            self._turn()
        self._rows += line
        self.count += 1

    def _keep(self, value: bytes) -> int:
        if not value:
            return 0
        if len(value) <= LARGEST_VALUE:
            return self._heap.add(value)
        node = self._numbers.take(LARGE_VALUE)
        self._subnodes.append((node, self._blocks.data(value), 0))
        return node

    def _turn(self) -> None:
        self._written.append(self._blocks.block(self._rows + bytes(LARGEST - len(self._rows))))
        self._rows.clear()

    @property
    def crowded(self) -> bool:
        """Whether the table comes near to what such a table can hold."""
        return self._heap.number > MOST_BLOCKS - 512 or len(self._subnodes) > 160_000

    @property
    def waiting(self) -> int:
        """Bytes in memory that are still to be written, at most."""
        return self._heap.waiting + len(self._rows) + 3 * LARGEST + 24 * len(self._subnodes) + len(self._written) * 9

    def finish(self) -> tuple[int, int]:
        """Write the rest: the table's block, and the block of its subnodes."""
        rows = 0
        if self._written or len(self._rows) > LARGEST_VALUE:
            rows = self._numbers.take(LARGE_VALUE)
            total = LARGEST * len(self._written) + len(self._rows)
            self._written.append(self._blocks.block(self._rows))
            self._subnodes.append((rows, self._blocks.tree(self._written, total), 0))
        elif self._rows:
            rows = self._heap.add(self._rows)
        self._heap.rewrite(_HEAD, 0, self._index.finish())
        info = bytearray(self._form.info)
        struct.pack_into("<I", info, 14, rows)
        self._heap.rewrite(_INFO, 0, bytes(info))
        return self._heap.finish(_INFO), self._blocks.subnodes(self._subnodes)


def empty(blocks: Blocks, form: Layout) -> int:
    """Write a table without rows and give its block."""
    return Table(blocks, form, Numbers({}), Versions()).finish()[0]


def table(
    blocks: Blocks,
    form: Layout,
    numbers: Numbers,
    versions: Versions,
    rows: Sequence[tuple[int, Mapping[int, tuple[int, Value]]]],
) -> tuple[int, int]:
    """Write a table of these rows: its block and the block of its subnodes."""
    whole = Table(blocks, form, numbers, versions)
    for row, cells in rows:
        whole.add(row, cells)
    return whole.finish()
