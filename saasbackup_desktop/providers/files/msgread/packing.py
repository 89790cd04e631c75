"""A storage of a compound file, written as a file of its own ([MS-CFB]): what another program put into mail."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.providers.files.msgread.compound import MARK, Storage, Stream

_SECTOR: Final = 512
_EACH: Final = _SECTOR // 4
_LISTED: Final = 109
_FREE, _END, _TABLE, _LIST = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_CUTOFF, _SMALL = 4096, 64
_BLACK: Final = 1
_NOBODY: Final = bytes(68) + b"\xff" * 12 + bytes(48)
"""An entry of the directory that is not in use."""


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    class_id: bytes
    data: bytes = b""
    left: int = _FREE
    right: int = _FREE
    child: int = _FREE
    start: int = _END
    size: int = 0

    def written(self) -> bytes:
        name = self.name[:31].encode("utf-16-le")
        head = struct.pack("<64sHBB3I", name, len(name) + 2, self.kind, _BLACK, self.left, self.right, self.child)
        return head + self.class_id + bytes(20) + struct.pack("<IQ", self.start, self.size)


def packed(storage: Storage, read: Callable[[Stream], bytes]) -> bytes:
    """Write a storage and all within it, as ``read`` gives it."""
    root = _Entry("Root Entry", _ROOT, storage.class_id)
    entries = [root]
    _fill(read, storage, root, entries)
    sectors: list[bytes] = []
    table: list[int] = []
    small = bytearray()
    small_table: list[int] = []
    for entry in entries[1:]:
        entry.size = len(entry.data)
        if len(entry.data) >= _CUTOFF:
            entry.start = _chained(sectors, table, entry.data)
        elif entry.data:
            entry.start = len(small) // _SMALL
            small += entry.data + bytes(-len(entry.data) % _SMALL)
            count = len(small) // _SMALL
            small_table += [*range(entry.start + 1, count), _END]
    root.start, root.size = _chained(sectors, table, bytes(small)), len(small)
    first_small = _chained(sectors, table, _numbers(small_table))
    written = [*(entry.written() for entry in entries), *[_NOBODY] * (-len(entries) % 4)]
    directory = _chained(sectors, table, b"".join(written))
    tables, lists = _room(len(table))
    places = range(len(table), len(table) + tables)
    table += [_TABLE] * tables + [_LIST] * lists
    listed, more = list(places[:_LISTED]), list(places[_LISTED:])
    first_list = places.stop if lists else _END
    head = MARK + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<4I", tables, directory, 0, _CUTOFF)
    head += struct.pack("<4I", first_small, -(-len(small_table) // _EACH), first_list, lists)
    head += _numbers(listed, _LISTED)
    data = b"".join((head, *sectors, _numbers(table)))
    for number in range(lists):
        after = first_list + number + 1 if number + 1 < lists else _END
        part = more[number * (_EACH - 1) : (number + 1) * (_EACH - 1)]
        data += _numbers(part, _EACH - 1) + struct.pack("<I", after)
    return data


def _fill(read: Callable[[Stream], bytes], storage: Storage, above: _Entry, entries: list[_Entry]) -> None:
    """Write entries for all that a storage holds, each storage's as a tree that is in balance."""
    waiting = [(storage, above)]
    while waiting:
        inside, owner = waiting.pop()
        first = len(entries)
        names = sorted({*inside.streams, *inside.storages}, key=lambda name: (len(name.encode("utf-16-le")), name))
        for name in names:
            shown = inside.names.get(name, name)
            if name in inside.streams:
                entries.append(_Entry(shown, _STREAM, bytes(16), read(inside.streams[name])))
            else:
                inner = inside.storages[name]
                entries.append(_Entry(shown, _STORAGE, inner.class_id, start=0))
                waiting.append((inner, entries[-1]))
        owner.child = _balanced(entries, first, len(entries))


def _balanced(entries: list[_Entry], low: int, high: int) -> int:
    if low >= high:
        return _FREE
    middle = (low + high) // 2
    entries[middle].left = _balanced(entries, low, middle)
    entries[middle].right = _balanced(entries, middle + 1, high)
    return middle


def _chained(sectors: list[bytes], table: list[int], data: bytes) -> int:
    """Add sectors that follow one another, and tell the first."""
    if not data:
        return _END
    first = len(table)
    count = -(-len(data) // _SECTOR)
    sectors.append(data + bytes(count * _SECTOR - len(data)))
    table += [*range(first + 1, first + count), _END]
    return first


def _room(used: int) -> tuple[int, int]:
    """Tell how many sectors tables take, and lists of tables, that all sectors are in."""
    tables = lists = 0
    while True:
        wanted = -(-(used + tables + lists) // _EACH)
        further = -(-max(0, wanted - _LISTED) // (_EACH - 1))
        if (wanted, further) == (tables, lists):
            return tables, lists
        tables, lists = wanted, further


def _numbers(found: list[int], count: int = 0) -> bytes:
    """Write numbers, filled up to so many, else to whole sectors."""
    missing = count - len(found) if count else -len(found) % _EACH
    return struct.pack(f"<{len(found)}I", *found) + b"\xff" * 4 * missing
