"""Sorted runs of the index: in memory exactly as in a segment file."""

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from saasbackup_desktop.vault.format.names import META, PACKS
from saasbackup_desktop.vault.format.packs import Pack, Place

KEY: Final = 16
_HEAD: Final = struct.Struct(">II")
_PACK: Final = struct.Struct(">BI32s32sQ32s")
_RECORD: Final = struct.Struct(">16sIIII")
_STARTS: Final = struct.Struct(">Q24x")
_FOLDERS: Final = (PACKS, META)
_SHARES: Final = 16
_BEGINNING: Final = 4
"""Bytes of each id that stand in an array of numbers as well, so that finding one is a search in native code."""


class Run:
    """Blobs in order of their ids, and the packs that they lie in. Immutable.

    A record keeps the first 16 of an id's 32 bytes: half the memory, and the whole id is checked when a blob is opened.
    """

    __slots__ = ("_beginnings", "_records", "count", "packs")

    def __init__(self, packs: Sequence[Pack], records: bytes) -> None:
        self.packs = packs
        self._records = records
        self.count = len(records) // _RECORD.size
        self._beginnings: array[int] | None = None

    @classmethod
    def of(cls, contents: Iterable[tuple[Pack, Iterable[Place]]]) -> "Run":
        """Sort what some packs hold."""
        packs: list[Pack] = []
        records: list[bytes] = []
        for number, (pack, places) in enumerate(contents):
            packs.append(pack)
            records += (_RECORD.pack(p.id[:KEY], number, p.offset, p.length, p.word) for p in places)
        records.sort()
        return cls(packs, b"".join(records))

    @classmethod
    def merged(cls, runs: Iterable["Run"]) -> "Run":
        """Join several runs; what they have in common is kept once."""
        runs = list(runs)
        if len(runs) == 1:
            return runs[0]
        numbers: dict[Pack, int] = {}
        renumbered = [[numbers.setdefault(pack, len(numbers)) for pack in run.packs] for run in runs]
        merged = bytearray()
        for share in range(_SHARES):  # a share at a time, so that few records are objects at once
            records: set[bytes] = set()
            for run, new in zip(runs, renumbered, strict=True):
                records.update(
                    _RECORD.pack(key, new[pack], offset, length, word)
                    for key, pack, offset, length, word in _RECORD.iter_unpack(run._share(share))
                )
            merged += b"".join(sorted(records))
        return cls(list(numbers), bytes(merged))

    def find(self, id: bytes) -> Sequence[tuple[Pack, Place]]:
        """Every place where this blob lies."""
        beginnings = self._numbers()
        beginning = int.from_bytes(id[:_BEGINNING], "big")
        at = bisect_left(beginnings, beginning)
        found: list[tuple[Pack, Place]] = []
        while at < self.count and beginnings[at] == beginning:
            key, pack, offset, length, word = _RECORD.unpack_from(self._records, at * _RECORD.size)
            if key == id[:KEY]:
                found.append((self.packs[pack], Place(id, offset, length, word)))
            at += 1
        return found

    def at(self, packs: AbstractSet[bytes], places: AbstractSet[tuple[bytes, int]]) -> Iterator[bytes]:
        """Keys of the blobs that lie in these packs (by digest), or at these places (digest and offset)."""
        wanted = [pack.digest in packs for pack in self.packs]
        named = {pack for pack, _ in places}
        near = [pack.digest in named for pack in self.packs]
        for key, pack, offset, _, _ in _RECORD.iter_unpack(self._records):
            if wanted[pack] or (near[pack] and (self.packs[pack].digest, offset) in places):
                yield key

    def elsewhere(
        self, keys: Iterable[bytes], packs: AbstractSet[bytes], places: AbstractSet[tuple[bytes, int]]
    ) -> set[bytes]:
        """Those of the keys that lie in another pack or at another place, too."""
        return {
            key
            for key in keys
            for pack, place in self.find(key)
            if pack.digest not in packs and (pack.digest, place.offset) not in places
        }

    def key(self, at: int) -> bytes:
        """The beginning of the id in a record."""
        return self._key(at)

    def pack_number(self, at: int) -> int:
        """The pack of a record, by its place in ``packs``."""
        return int.from_bytes(self._records[at * _RECORD.size + KEY : at * _RECORD.size + KEY + 4], "big")

    def records(self) -> Iterator[tuple[bytes, int, int, int, int]]:
        """Beginning of the id, pack number, offset, sealed length and word of each blob, in order."""
        return _RECORD.iter_unpack(self._records)

    def starts(self) -> Iterator[int]:
        """The first 8 bytes of each record as a number, in order."""
        return (start for (start,) in _STARTS.iter_unpack(self._records))

    def without(self, packs: AbstractSet[bytes]) -> "Run":
        """The same without some packs (by digest) and what they hold."""
        kept = [number for number, pack in enumerate(self.packs) if pack.digest not in packs]
        renumbered = {old: new for new, old in enumerate(kept)}
        records = bytearray()
        for key, pack, offset, length, word in self.records():
            if pack in renumbered:
                records += _RECORD.pack(key, renumbered[pack], offset, length, word)
        return Run([self.packs[number] for number in kept], bytes(records))

    def to_bytes(self) -> bytes:
        """Write as a segment's plain content."""
        packs = (
            _PACK.pack(_FOLDERS.index(p.folder), p.epoch, p.digest, p.salt, p.size, p.dictionary) for p in self.packs
        )
        return b"".join((_HEAD.pack(len(self.packs), self.count), *packs, self._records))

    @classmethod
    def from_bytes(cls, plain: bytes) -> "Run":
        """The other way round. Raises ValueError."""
        if len(plain) < _HEAD.size:
            raise ValueError("too short")
        packs, count = _HEAD.unpack_from(plain)
        records_at = _HEAD.size + packs * _PACK.size
        if len(plain) != records_at + count * _RECORD.size:
            raise ValueError("wrong length")
        table = [
            Pack(_FOLDERS[folder], epoch, digest, salt, size, dictionary)
            for folder, epoch, digest, salt, size, dictionary in _PACK.iter_unpack(plain[_HEAD.size : records_at])
        ]
        return cls(table, plain[records_at:])

    def _share(self, share: int) -> memoryview:
        """Records whose ids fall into one of equal shares of all possible ids."""
        step = 256 // _SHARES
        start = self._first(bytes((share * step,)))
        end = self._first(bytes(((share + 1) * step,))) if share + 1 < _SHARES else self.count
        return memoryview(self._records)[start * _RECORD.size : end * _RECORD.size]

    def _first(self, key: bytes) -> int:
        """Where the first record that is not smaller stands."""
        beginning = int.from_bytes(key[:_BEGINNING].ljust(_BEGINNING, b"\0"), "big")
        at = bisect_left(self._numbers(), beginning)
        while at < self.count and self._key(at) < key:
            at += 1
        return at

    def _numbers(self) -> "array[int]":
        """The first bytes of all ids as numbers; made when they are needed first."""
        if self._beginnings is None:
            numbers = bytearray(_BEGINNING * self.count)
            for byte in range(_BEGINNING):
                native = _BEGINNING - 1 - byte if sys.byteorder == "little" else byte
                numbers[native::_BEGINNING] = self._records[byte :: _RECORD.size]
            made = array("I")
            made.frombytes(numbers)
            self._beginnings = made
        return self._beginnings

    def _key(self, at: int) -> bytes:
        start = at * _RECORD.size
        return self._records[start : start + KEY]
