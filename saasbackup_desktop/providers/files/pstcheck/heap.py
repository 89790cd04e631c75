"""A heap in the data of a node, and the small trees in it ([MS-PST] 2.3.1 and 2.3.2)."""

import itertools
import struct
from collections.abc import Iterator
from typing import NamedTuple

from saasbackup_desktop.providers.files.pstcheck.blocks import MOST, Data
from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable

PROPERTIES, TABLE, TREE = 0xBC, 0x7C, 0xB5
LARGEST_ITEM = 3580
_SIGNATURE = 0xEC
_CLIENTS = frozenset({0x6C, 0x7C, 0x8C, 0x9C, 0xA5, 0xAC, 0xB5, 0xBC, 0xCC})
_FIRST_HEAD, _NEXT_HEAD, _BITMAP_HEAD = 12, 2, 66
_BITMAP_FIRST, _BITMAP_EVERY = 8, 128
_CACHED = 16
_LEVELS = ((3584, 0), (2560, 1), (2048, 2), (1792, 3), (1536, 4), (1280, 5), (1024, 6), (768, 7), (512, 8), (256, 9))
_LEVELS_BELOW = ((128, 10), (64, 11), (32, 12), (16, 13), (8, 14), (0, 15))


def is_heap(data: Data) -> bool:
    """Tell whether data look like a heap: not all nodes have one."""
    first = data.block(0)
    return len(first) >= _FIRST_HEAD and first[2] == _SIGNATURE and first[3] in _CLIENTS


class _Block(NamedTuple):
    data: bytes
    map: int
    freed: int
    bounds: tuple[int, ...]


class Heap:
    """Items of at most 3,580 bytes, each with an id: the number of its block and its own in that block."""

    def __init__(self, data: Data, place: str) -> None:
        self._data = data
        self.place = place
        self._cache: dict[int, _Block] = {}
        self.size = data.size
        first = data.block(0)
        if len(first) < _FIRST_HEAD or first[2] != _SIGNATURE:
            raise Unreadable("heap-signature", place)
        self.client = first[3]
        (self.root,) = struct.unpack_from("<I", first, 4)

    def item(self, hid: int) -> bytes:
        """Read an item; raises Unreadable if there is none of this id."""
        index = (hid >> 5) & 0x7FF
        block = self._cache.get(hid >> 16) or self._block(hid >> 16)
        if hid & 0x1F or not 0 < index < len(block.bounds):
            raise Unreadable("heap-id", self.place, id=hid)
        low, high = block.bounds[index - 1], block.bounds[index]
        if not low < high <= block.map:
            raise Unreadable("heap-id", self.place, id=hid, begin=low, end=high)
        return block.data[low:high]

    def _block(self, number: int) -> _Block:
        if number >= len(self._data):
            raise Unreadable("heap-id", self.place, block=number)
        block = self._cache[number] = self._read(number)
        if len(self._cache) > _CACHED:
            del self._cache[next(iter(self._cache))]
        return block

    def _read(self, number: int) -> _Block:
        data = self._data.block(number)
        place = f"{self.place}, block {number}"
        if len(data) < _NEXT_HEAD:
            raise Unreadable("heap-map", place)
        (at,) = struct.unpack_from("<H", data)
        if at + 6 > len(data):
            raise Unreadable("heap-map", place, at=at)
        count, freed = struct.unpack_from("<HH", data, at)
        if at + 6 + 2 * count > len(data):
            raise Unreadable("heap-map", place, at=at, count=count)
        return _Block(data, at, freed, struct.unpack_from(f"<{count + 1}H", data, at + 4))

    def check(self, tell: Tell) -> None:
        """Check all blocks: their maps, the sizes of items, and how full they say they are."""
        levels: bytes = b""
        base = 0
        for number in range(len(self._data)):
            try:
                block = self._read(number)
            except Unreadable as unreadable:
                unreadable.told(tell)
                continue
            place = f"{self.place}, block {number}"
            head = _head(number)
            if head != _NEXT_HEAD:
                levels, base = block.data[8:12] if not number else block.data[2:66], number
            _check_map(block, head, place, tell)
            self._check_level(block, levels, number - base, place, tell)

    def _check_level(self, block: _Block, levels: bytes, nibble: int, place: str, tell: Tell) -> None:
        if nibble // 2 >= len(levels):
            return
        noted = levels[nibble // 2] >> (4 * (nibble % 2)) & 0xF
        free = MOST - block.map - 4 - 2 * len(block.bounds)
        expected = next(level for least, level in _LEVELS + _LEVELS_BELOW if free >= least)
        if noted != expected:
            tell("heap-level", place, expected=expected, found=noted, free=free)


def _head(number: int) -> int:
    if not number:
        return _FIRST_HEAD
    return _BITMAP_HEAD if number % _BITMAP_EVERY == _BITMAP_FIRST else _NEXT_HEAD


def _check_map(block: _Block, head: int, place: str, tell: Tell) -> None:
    bounds = block.bounds
    if bounds[0] != head:
        tell("heap-map", place, first=bounds[0], expected=head)
    sizes = [high - low for low, high in itertools.pairwise(bounds)]
    if any(size < 0 for size in sizes) or not 0 <= block.map - bounds[-1] <= 1 or block.map % 2:
        tell("heap-map", place, last=bounds[-1], at=block.map)
    if sizes.count(0) != block.freed:
        tell("heap-freed", place, expected=sizes.count(0), found=block.freed)
    if sizes and max(sizes) > LARGEST_ITEM:
        tell("heap-item-size", place, size=max(sizes))


class Tree:
    """A tree of records of one size in a heap."""

    def __init__(self, heap: Heap, hid: int, key: int, value: int) -> None:
        self._heap = heap
        head = heap.item(hid)
        if len(head) < 8 or head[0] != TREE or head[1] != key or head[2] != value or head[3] > 6:
            raise Unreadable("bth-head", heap.place, found=head[:8].hex())
        self.key = key
        self.size = key + value
        self.levels = head[3]
        (self._root,) = struct.unpack_from("<I", head, 4)
        self._left = 0

    def leaves(self) -> Iterator[bytes]:
        """Read the items that hold records, in the order of keys; raises Unreadable for a broken one."""
        if self._root:
            self._left = self._heap.size
            yield from self._below(self._root, self.levels)

    def _item(self, hid: int) -> bytes:
        data = self._heap.item(hid)
        self._left -= len(data)
        if self._left < 0:
            raise Unreadable("bth-loop", self._heap.place)
        return data

    def _below(self, hid: int, level: int) -> Iterator[bytes]:
        data = self._item(hid)
        size = self.key + 4 if level else self.size
        if len(data) % size:
            raise Unreadable("bth-size", self._heap.place, item=hid, size=len(data))
        if not level:
            yield data
            return
        for at in range(0, len(data), size):
            yield from self._below(struct.unpack_from("<I", data, at + self.key)[0], level - 1)

    def check(self, tell: Tell) -> None:
        """Check that keys ascend and that upper levels name the first key below."""
        if self._root:
            self._left = self._heap.size
            self._check_below(self._root, self.levels, None, -1, tell)

    def _check_below(self, hid: int, level: int, first: int | None, last: int, tell: Tell) -> int:
        data = self._item(hid)
        size = self.key + 4 if level else self.size
        for at in range(0, len(data) - size + 1, size):
            key = int.from_bytes(data[at : at + self.key], "little")
            if key <= last:
                tell("bth-order", self._heap.place, key=key)
            if not at and first is not None and first != key:
                tell("bth-key", self._heap.place, expected=key, found=first)
            if level:
                below = struct.unpack_from("<I", data, at + self.key)[0]
                last = self._check_below(below, level - 1, key, key - 1, tell)
            else:
                last = key
        return last
