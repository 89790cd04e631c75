"""Which parts of a file are taken, and what its maps say of that ([MS-PST] 2.2.2.7.2 to 2.2.2.7.6)."""

import struct

from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable
from saasbackup_desktop.providers.files.pstcheck.image import FIRST_SECTION, PAGE, SECTION, Header, Image
from saasbackup_desktop.providers.files.pstcheck.tree import check_page

SLOT = 64
_SLOTS = SECTION // SLOT
_MAP_BYTES = _SLOTS // 8
_ALLOCATION, _PAGES, _FREE, _FREE_PAGES, _DENSITY = 0x84, 0x83, 0x82, 0x85, 0x86
_DENSITY_PLACE = 0x4200
_IN_HEADER = 128
_FREE_EVERY = 496
_FREE_PAGES_FIRST, _FREE_PAGES_EVERY = 8192, 31_744


class Space:
    """A bit for each 64 bytes that a page or block takes: 39 MB for a file of 20 GB."""

    def __init__(self, image: Image, header: Header, tell: Tell) -> None:
        self._image = image
        self._header = header
        self._tell = tell
        self._sections = max((image.size - FIRST_SECTION) // SECTION, 0)
        self._taken = bytearray(self._sections * _MAP_BYTES)
        for section in range(self._sections):
            for at in _maps(section):
                self.take(at, PAGE, f"map at {at:#x}")

    def take(self, at: int, size: int, what: str) -> None:
        """Take the place of a page or block; tells places that are outside or taken twice."""
        first, beyond = (at - FIRST_SECTION) // SLOT, (at - FIRST_SECTION + size + SLOT - 1) // SLOT
        if at < FIRST_SECTION or at % SLOT or beyond > len(self._taken) * 8:
            self._tell("space-outside", what, size=size)
            return
        if first // _SLOTS != (beyond - 1) // _SLOTS:
            self._tell("space-across", what, size=size)
        low, high = first >> 3, (beyond + 7) >> 3
        bits = ((1 << (beyond - first)) - 1) << (high * 8 - beyond)
        taken = int.from_bytes(self._taken[low:high], "big")
        if taken & bits:
            self._tell("space-overlap", what, size=size)
        self._taken[low:high] = (taken | bits).to_bytes(high - low, "big")

    def check(self) -> None:
        """Check all maps against what is taken."""
        free = 0
        for section in range(self._sections):
            free += self._check_section(section)
        if self._header.maps_valid in (1, 2) and free != self._header.free:
            self._tell("space-free", "header", expected=free, found=self._header.free)
        self._check_density()

    def _check_section(self, section: int) -> int:
        at = FIRST_SECTION + section * SECTION
        marked = self._page(at, _ALLOCATION)
        if marked is None:
            return 0
        taken = bytes(self._taken[section * _MAP_BYTES : (section + 1) * _MAP_BYTES])
        if taken != marked:
            self._compare(at, int.from_bytes(taken, "big"), int.from_bytes(marked, "big"))
        kinds = iter(_maps(section))
        next(kinds)
        for place in kinds:
            kind = _kind(section, (place - at) // PAGE)
            body = self._page(place, kind)
            if kind != _FREE and body is not None and body.count(0xFF) != len(body):
                self._tell("map-not-full", f"map at {place:#x}")
        run = _longest_free(marked)
        noted = self._noted(section)
        if noted is not None and noted != min(run, 255):
            self._tell("free-run", f"section {section}", expected=min(run, 255), found=noted)
        return (_SLOTS - int.from_bytes(marked, "big").bit_count()) * SLOT

    def _compare(self, at: int, taken: int, marked: int) -> None:
        unmarked, lost = taken & ~marked, marked & ~taken
        for code, bits in (("space-unmarked", unmarked), ("space-lost", lost)):
            if bits:
                first = _SLOTS - bits.bit_length()
                self._tell(code, f"section at {at:#x}", slots=bits.bit_count(), first=at + first * SLOT)

    def _page(self, at: int, kind: int) -> bytes | None:
        try:
            data = self._image.read(at, PAGE)
        except Unreadable as unreadable:
            unreadable.told(self._tell)
            return None
        check_page(data, at, kind, at, self._tell, tied=False)
        return data[:_MAP_BYTES]

    def _noted(self, section: int) -> int | None:
        if section < _IN_HEADER:
            return self._header.free_runs[section]
        page, place = divmod(section - _IN_HEADER, _FREE_EVERY)
        holder = _IN_HEADER + page * _FREE_EVERY
        at = FIRST_SECTION + holder * SECTION + (PAGE * (2 if holder % 8 == 0 else 1))
        try:
            return self._image.read(at + place, 1)[0]
        except Unreadable:
            return None

    def _check_density(self) -> None:
        data = self._image.read(_DENSITY_PLACE, PAGE)
        if data.count(0) != PAGE:
            check_page(data, _DENSITY_PLACE, _DENSITY, None, self._tell)
            count = data[1]
            for entry in struct.unpack_from(f"<{min(count, 119)}I", data, 8):
                if entry & 0xFFFFF >= self._sections:
                    self._tell("density-list", f"page at {_DENSITY_PLACE:#x}", section=entry & 0xFFFFF)


def _maps(section: int) -> list[int]:
    """Tell where the maps of a section lie."""
    at = FIRST_SECTION + section * SECTION
    return [at + PAGE * number for number in range(1 + len(_more_kinds(section)))]


def _kind(section: int, number: int) -> int:
    return _more_kinds(section)[number - 1]


def _more_kinds(section: int) -> list[int]:
    """Tell which maps follow a section's first: what a page holds comes round at steps of its own."""
    kinds = []
    if section % 8 == 0:
        kinds.append(_PAGES)
    if section >= _IN_HEADER and (section - _IN_HEADER) % _FREE_EVERY == 0:
        kinds.append(_FREE)
    if section >= _FREE_PAGES_FIRST and (section - _FREE_PAGES_FIRST) % _FREE_PAGES_EVERY == 0:
        kinds.append(_FREE_PAGES)
    return kinds


def _longest_free(marked: bytes) -> int:
    """Find the longest run of free slots; more than 255 is told as 255."""
    bits = f"{int.from_bytes(marked, 'big'):0{_SLOTS}b}"
    return max(map(len, bits.split("1")))
