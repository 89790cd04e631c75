"""A heap in a node's data, and sorted trees in it ([MS-PST] 2.3.1, 2.3.2)."""

import struct
from collections.abc import Sequence

from saasbackup_desktop.providers.files.pst.blocks import LARGEST, Blocks

LARGEST_VALUE = 3_580
"""Bytes of a value in a heap; larger ones get a node of their own."""
MOST_BLOCKS = 0x10000
"""A heap cannot grow beyond."""
_MOST_VALUES = 2_046
_FIRST, _PLAIN, _BITMAP = 12, 2, 66
_BITMAP_FROM, _BITMAP_EVERY = 8, 128
_LEAST_ROOM = (3_584, 2_560, 2_048, 1_792, 1_536, 1_280, 1_024, 768, 512, 256, 128, 64, 32, 16, 8, 0)
"""By level of filling: the least room that such a block has."""


class HeapFull(Exception):
    """The heap of a table has no room for more."""


class Heap:
    """Takes values and gives their ids; with ``flowing``, what is full leaves memory."""

    def __init__(self, blocks: Blocks, client: int, *, flowing: bool = False) -> None:
        self._blocks = blocks
        self._client = client
        self._flowing = flowing
        self._whole: list[bytearray | int] = []
        self._fills: list[int] = []
        self._total = 0
        self._data = bytearray(_FIRST)
        self._offsets = [_FIRST]

    @property
    def number(self) -> int:
        """How many blocks are full."""
        return len(self._whole)

    @property
    def waiting(self) -> int:
        """Bytes in memory of what is not written yet, at most."""
        return LARGEST * (1 + sum(type(whole) is bytearray for whole in self._whole[:9]))

    def add(self, value: bytes | bytearray) -> int:
        """Keep a value of 1 to ``LARGEST_VALUE`` bytes and give its id."""
        data, offsets = self._data, self._offsets
        count = len(offsets)
        if len(data) + len(value) + 2 * count + 7 > LARGEST or count > _MOST_VALUES:
            self._turn()
            data, offsets = self._data, self._offsets
            count = 1
        data += value
        offsets.append(len(data))
        return len(self._whole) << 16 | count << 5

    def rewrite(self, which: int, place: int, part: bytes) -> None:
        """Change a part of a value that has not left memory."""
        number, index = which >> 16, which >> 5 & 0x7FF
        data = self._data if number == len(self._whole) else self._whole[number]
        assert isinstance(data, bytearray)
        start = (
            self._offsets[index - 1]
            if number == len(self._whole)
            else struct.unpack_from("<H", data, struct.unpack_from("<H", data)[0] + 2 + 2 * index)[0]
        )
        data[start + place : start + place + len(part)] = part

    def size(self) -> int:
        """Tell how many bytes the heap takes if nothing more comes."""
        return self._total + len(self._data) + len(self._data) % 2 + 2 * len(self._offsets) + 4

    def finish(self, root: int) -> int:
        """Write what is left and give the block, or the tree of blocks, of the heap."""
        size = self.size()
        self._close()
        first = self._whole[0]
        assert isinstance(first, bytearray)
        struct.pack_into("<BBII", first, 2, 0xEC, self._client, root, self._nibbles(0, 8))
        for number, block in enumerate(self._whole):
            if isinstance(block, bytearray):
                if _has_bitmap(number):
                    levels = self._nibbles(number, _BITMAP_EVERY)
                    block[2:_BITMAP] = levels.to_bytes(_BITMAP_EVERY // 2, "little")
                self._whole[number] = self._blocks.block(block)
        return self._blocks.tree([block for block in self._whole if isinstance(block, int)], size)

    def _nibbles(self, start: int, count: int) -> int:
        return sum(fill << 4 * at for at, fill in enumerate(self._fills[start : start + count]))

    def _turn(self) -> None:
        if len(self._whole) + 1 >= MOST_BLOCKS:
            raise HeapFull
        self._close()
        last = self._whole[-1]
        assert isinstance(last, bytearray)
        last += bytes(LARGEST - len(last))
        self._total += LARGEST
        number = len(self._whole)
        if self._flowing and number > 1 and not _has_bitmap(number - 1):
            self._whole[-1] = self._blocks.block(last)
        head = _BITMAP if _has_bitmap(number) else _PLAIN
        self._data = bytearray(head)
        self._offsets = [head]

    def _close(self) -> None:
        data, offsets = self._data, self._offsets
        if len(data) % 2:
            data += b"\0"
        struct.pack_into("<H", data, 0, len(data))
        data += struct.pack(f"<HH{len(offsets)}H", len(offsets) - 1, 0, *offsets)
        room = LARGEST - len(data)
        self._fills.append(next(level for level, least in enumerate(_LEAST_ROOM) if room >= least))
        self._whole.append(data)


def _has_bitmap(number: int) -> bool:
    return number >= _BITMAP_FROM and (number - _BITMAP_FROM) % _BITMAP_EVERY == 0


class SortedTree:
    """Records with rising keys, packed into a heap as they come."""

    def __init__(self, heap: Heap, key: int, value: int) -> None:
        self._heap = heap
        self._key, self._value = key, value
        self._most = LARGEST_VALUE // (key + value) * (key + value)
        self._leaf = bytearray()
        self._leaves = bytearray()
        self._branch = LARGEST_VALUE // (key + 4) * (key + 4)

    def add(self, record: bytes) -> None:
        """Take the next record, key first."""
        if len(self._leaf) == self._most:
            self._turn()
        self._leaf += record

    def finish(self) -> bytes:
        """Put what is left into the heap and give the tree's head."""
        if not self._leaf:
            return struct.pack("<BBBBI", 0xB5, self._key, self._value, 0, 0)
        self._turn()
        level = 0
        above: bytes | bytearray = self._leaves
        size = self._key + 4
        while len(above) > size:
            parts: Sequence[bytes | bytearray] = [
                above[at : at + self._branch] for at in range(0, len(above), self._branch)
            ]
            above = b"".join(part[: self._key] + struct.pack("<I", self._heap.add(part)) for part in parts)
            level += 1
        root = int.from_bytes(above[self._key :], "little")
        return struct.pack("<BBBBI", 0xB5, self._key, self._value, level, root)

    def leaf(self, record: int) -> tuple[int, int]:
        """Tell which value of the heap holds a record, and the first record in it."""
        each = self._most // (self._key + self._value)
        place = record // each * (self._key + 4) + self._key
        return int.from_bytes(self._leaves[place : place + 4], "little"), record // each * each

    def _turn(self) -> None:
        self._leaves += self._leaf[: self._key] + struct.pack("<I", self._heap.add(self._leaf))
        self._leaf = bytearray()
