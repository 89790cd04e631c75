"""Room in the file: sections of equal size, each with a map of what is taken ([MS-PST] 2.2.2.7.2 to 2.2.2.7.6)."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from saasbackup_desktop.providers.files.pst.sums import crc

FIRST = 0x4400
"""Where the first section begins."""
SECTION = 253_952
"""Bytes of a section: one bit for each 64 of them fills a page."""
PAGE = 512

_AMAP, _PMAP, _FMAP, _FPMAP = 0x84, 0x83, 0x82, 0x85
_MAPPED = 496
_PMAP_EVERY = 8
_FMAP_FROM, _FMAP_EVERY = 128, 496
_FPMAP_FROM, _FPMAP_EVERY = 8_192, 31_744
_TRAILER = struct.Struct("<BBHIQ")


@dataclass(frozen=True, slots=True)
class Place:
    """How far the file is filled."""

    number: int
    at: int
    free: int


class Space:
    """Hands out room, always at the end; each section is written once, when it is full.

    Nothing ever crosses the end of a section. ``base + at`` is the place in the file of what comes next.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._free = 0
        self._gaps: list[tuple[int, int]] = []
        self.runs = bytearray()
        """By section: how many units of 64 bytes are free in one piece, up to 255."""
        file.write(bytes(FIRST))
        self._begin(0)

    def _begin(self, number: int) -> None:
        self.number = number
        self.base = FIRST + number * SECTION
        self.section = bytearray(SECTION)
        self.at = len(_maps(number)) * PAGE
        self._gaps = []

    @property
    def end(self) -> int:
        """Where in the file the next thing will lie, unless it must go to the next section."""
        return self.base + self.at

    @property
    def last(self) -> int:
        """Where the map of the last section lies."""
        return self.base

    @property
    def free(self) -> int:
        """Bytes that no map says are taken, in all sections."""
        return self._free + self._free_here()

    def turn(self) -> None:
        """Finish this section and begin the next."""
        self._write()
        self._free += self._free_here()
        self._begin(self.number + 1)

    def align(self) -> None:
        """Leave a gap up to the next page's place."""
        if self.at % PAGE:
            start, self.at = self.at, self.at + PAGE - self.at % PAGE
            self._gaps.append((start, self.at))
        if self.at >= SECTION:
            self.at = SECTION
            self.turn()

    def mark(self) -> Place:
        """Tell how far the file is filled, to come back to."""
        return Place(self.number, self.at, self._free)

    def restore(self, place: Place) -> None:
        """Forget what was placed since."""
        if place.number == self.number:
            self.section[place.at : self.at] = bytes(self.at - place.at)
            self.at = place.at
            return
        self._begin(place.number)
        self._file.seek(self.base)
        self.section[: place.at] = self._file.read(SECTION)[: place.at]
        self._file.seek(self.base)
        self._file.truncate()
        self.at, self._free = place.at, place.free
        del self.runs[place.number :]

    def finish(self) -> int:
        """Write the last section and tell the size of the file."""
        self._write()
        for number in range(_FMAP_FROM, self.number + 1, _FMAP_EVERY):
            place = FIRST + number * SECTION + _maps(number).index(_FMAP) * PAGE
            self._file.seek(place)
            self._file.write(_page(_FMAP, bytes(self.runs[number : number + _MAPPED]).ljust(_MAPPED, b"\0"), place))
        return self.base + SECTION

    def _free_here(self) -> int:
        return SECTION - self.at + sum(end - start for start, end in self._gaps)

    def _write(self) -> None:
        self.runs.append(min(255, max((SECTION - self.at, *(end - start for start, end in self._gaps))) // 64))
        for index, kind in enumerate(_maps(self.number)):
            start = index * PAGE
            body = self._taken() if kind == _AMAP else b"\xff" * _MAPPED
            self.section[start : start + PAGE] = _page(kind, body, self.base + start)
        self._file.write(self.section)

    def _taken(self) -> bytes:
        slots = self.at // 64
        bits = ((1 << slots) - 1) << (_MAPPED * 8 - slots)
        for start, end in self._gaps:
            count = (end - start) // 64
            bits &= ~(((1 << count) - 1) << (_MAPPED * 8 - end // 64))
        return bits.to_bytes(_MAPPED, "big")


def _page(kind: int, body: bytes, place: int) -> bytes:
    return body + _TRAILER.pack(kind, kind, 0, crc(body), place)


def _maps(number: int) -> list[int]:
    kinds = [_AMAP]
    if number % _PMAP_EVERY == 0:
        kinds.append(_PMAP)
    if number >= _FMAP_FROM and (number - _FMAP_FROM) % _FMAP_EVERY == 0:
        kinds.append(_FMAP)
    if number >= _FPMAP_FROM and (number - _FPMAP_FROM) % _FPMAP_EVERY == 0:
        kinds.append(_FPMAP)
    return kinds


def sections(count: int) -> int:
    """Tell how many sections hold this many bytes of blocks at most, waste at their ends counted in."""
    return -(-count // (SECTION - 4 * PAGE - 8_192))
