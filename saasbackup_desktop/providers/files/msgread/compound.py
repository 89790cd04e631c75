"""Compound files ([MS-CFB]): streams in storages, as far as a file holds them.

What is damaged costs nothing but the streams that lie there. Nothing is read twice for two streams, so that a file
that says of all its streams that they are the same bytes takes no more room than it is large.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Final

from saasbackup_desktop.providers.files.pstcheck import Unreadable

MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER: Final = 512
_LISTED: Final = 109
"""Sectors of the allocation table that the header itself lists."""
_END: Final = 0xFFFFFFFA
"""From here on numbers of sectors have a meaning of their own: free, the end of a chain."""
_FREE: Final = 0xFFFFFFFF
_ENTRY: Final = 128
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_SMALL: Final = 64
"""Bytes of a sector of what small streams lie in."""
_CUTOFF: Final = 4096
"""Streams of fewer bytes are small."""
_AT_ONCE: Final = 4 << 20
_SLACK: Final = 1 << 20
_MOST: Final = 1 << 18
"""Entries of a directory: a message to a thousand people has some ten thousand."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Where bytes lie."""

    number: int
    """Of its entry in the directory."""
    start: int
    size: int


@dataclass(slots=True)
class Storage:
    """What lies in a storage, by names in upper case, in the order of the names."""

    streams: dict[str, Stream] = field(default_factory=dict)
    storages: dict[str, "Storage"] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Names as they are written."""
    class_id: bytes = bytes(16)
    """Which program the storage is of."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int
    class_id: bytes


class Compound:
    """An open compound file. Raises Unreadable for what is none, and wherever it turns out to be damaged; OSError."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._size = size
        head = self._at(0, _HEADER)
        if head[:8] != MARK or len(head) < _HEADER:
            raise Unreadable("not-compound", "header", bytes=size)
        version, order, shift, small = struct.unpack_from("<4H", head, 26)
        if order != 0xFFFE or shift not in (9, 12) or 1 << small != _SMALL:
            raise Unreadable("compound-header", "header", version=version, shift=shift)
        self._sector = 1 << shift
        self._count = max(0, -(-size // self._sector) - 1)
        """Sectors of the file, the last of which may be cut short."""
        self._is_old = version < 4
        directory, _, cutoff, first_small, _, first_list, _ = struct.unpack_from("<7I", head, 48)
        if cutoff != _CUTOFF:
            raise Unreadable("compound-header", "header", cutoff=cutoff)
        self._table = self._allocation(head, first_list)
        self.is_whole = True
        """Whether all was found that says what lies where."""
        self._read: set[int] = set()
        self._left = size + _SLACK
        self._entries = list(map(self._entry, islice(self._whole_entries(directory), _MOST)))
        if not self._entries or self._entries[0].kind != _ROOT:
            raise Unreadable("compound-root", "directory")
        self._small_table = array("I")
        for data in self._as_far_as(first_small):
            self._small_table.extend(_numbers(data))
        self._small = b"".join(self._as_far_as(self._entries[0].start))
        self.root = self._tree()

    def _at(self, place: int, count: int) -> bytes:
        self._file.seek(place)
        return self._file.read(count)

    def _sectors(self, first: int, count: int = 1) -> bytes:
        """Read sectors that lie side by side."""
        return self._at((first + 1) * self._sector, count * self._sector)

    def _allocation(self, head: bytes, first_list: int) -> "array[int]":
        """Read which sector follows which; what cannot be read of it leads nowhere."""
        listed = list(struct.unpack_from(f"<{_LISTED}I", head, 76))
        each = self._sector // 4
        wanted = -(-self._count // each)
        seen: set[int] = set()
        while first_list < self._count and first_list not in seen and len(listed) < wanted:
            seen.add(first_list)
            *more, first_list = _numbers(self._sectors(first_list)) or [_FREE]
            listed += more
        table = array("I")
        for number in listed[:wanted]:
            found = _numbers(self._sectors(number)) if number < self._count else []
            table.extend(found[:each])
            table.extend([_FREE] * (each - len(found)))
        return table

    def _chain(self, start: int) -> Iterator[int]:
        """Follow sectors, each once; raises Unreadable where they lead nowhere."""
        number, left = start, self._count
        while number < _END:
            if number >= self._count or not left:
                raise Unreadable("compound-chain", f"sector {number:#x}")
            yield number
            left -= 1
            number = self._table[number] if number < len(self._table) else _FREE
            if number == _FREE:
                raise Unreadable("compound-chain", f"sector {start:#x}")

    def _runs(self, start: int, wanted: int) -> Iterator[tuple[int, int]]:
        """Join sectors of a chain that lie side by side, so many in all; fewer if the chain ends before."""
        first = count = 0
        most = max(1, _AT_ONCE // self._sector)
        for number in self._limited(start, wanted):
            if count and number == first + count and count < most:
                count += 1
                continue
            if count:
                yield first, count
            first, count = number, 1
        if count:
            yield first, count

    def _limited(self, start: int, wanted: int) -> Iterator[int]:
        chain = self._chain(start)
        for _ in range(wanted):
            try:
                yield next(chain)
            except StopIteration:
                return

    def _as_far_as(self, start: int) -> Iterator[bytes]:
        """Read all that a chain leads to, as far as it can be followed."""
        try:
            for first, count in self._runs(start, self._count):
                yield self._sectors(first, count)
        except Unreadable:
            self.is_whole = False

    def _whole_entries(self, start: int) -> Iterator[bytes]:
        for data in self._as_far_as(start):
            for at in range(0, len(data) - _ENTRY + 1, _ENTRY):
                yield data[at : at + _ENTRY]

    def _entry(self, data: bytes) -> _Entry:
        length, kind, _, left, right, child = struct.unpack_from("<HBB3I", data, 64)
        start, size = struct.unpack_from("<IQ", data, 116)
        name = data[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        return _Entry(name, kind, left, right, child, start, size & 0xFFFFFFFF if self._is_old else size, data[80:96])

    def _tree(self) -> Storage:
        """Put streams into storages; an entry that two storages claim is that one's that comes first."""
        root = Storage(class_id=self._entries[0].class_id)
        seen = {0}
        waiting = [(root, self._entries[0].child)]
        while waiting:
            storage, number = waiting.pop()
            found: list[tuple[int, _Entry]] = []
            beside = [number]
            while beside:
                one = beside.pop()
                if one >= len(self._entries) or one in seen:
                    self.is_whole = self.is_whole and one == _FREE
                    continue
                seen.add(one)
                entry = self._entries[one]
                found.append((one, entry))
                beside += (entry.left, entry.right)
            for one, entry in sorted(found, key=lambda pair: (pair[1].name.upper(), pair[0])):
                name = entry.name.upper()
                storage.names.setdefault(name, entry.name)
                if entry.kind == _STREAM:
                    storage.streams.setdefault(name, Stream(one, entry.start, entry.size))
                elif entry.kind == _STORAGE and name not in storage.storages:
                    inner = storage.storages[name] = Storage(class_id=entry.class_id)
                    waiting.append((inner, entry.child))
        return root

    def pieces(self, stream: Stream) -> Iterator[bytes]:
        """Read a stream piece by piece. Raises Unreadable if not all of it is there."""
        if stream.number not in self._read:
            if stream.size > self._left:
                raise Unreadable("compound-overlap", f"entry {stream.number}", size=stream.size)
            self._left -= stream.size
            self._read.add(stream.number)
        if stream.size < _CUTOFF:
            yield self._small_stream(stream)
            return
        left = stream.size
        for first, count in self._runs(stream.start, -(-stream.size // self._sector)):
            data = self._sectors(first, count)[:left]
            if len(data) < min(left, count * self._sector):
                raise Unreadable("compound-cut", f"sector {first:#x}", bytes=len(data))
            left -= len(data)
            yield data
        if left:
            raise Unreadable("compound-cut", f"entry {stream.number}", missing=left)

    def _small_stream(self, stream: Stream) -> bytes:
        found, number = bytearray(), stream.start
        while len(found) < stream.size:
            if number >= len(self._small_table) or (number + 1) * _SMALL > len(self._small) + _SMALL - 1:
                raise Unreadable("compound-chain", f"entry {stream.number}")
            found += self._small[number * _SMALL : (number + 1) * _SMALL]
            number = self._small_table[number]
            if number >= _END:
                break
        if len(found) < stream.size:
            raise Unreadable("compound-cut", f"entry {stream.number}", missing=stream.size - len(found))
        return bytes(found[: stream.size])

    def read(self, stream: Stream) -> bytes:
        """Read all of a stream. Raises Unreadable."""
        return b"".join(self.pieces(stream))


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
