"""The bytes of an Outlook data file, and the header at their beginning ([MS-PST] 2.2.2.6)."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from saasbackup_desktop.providers.files.pstcheck.ciphers import CYCLIC, NONE, PERMUTE
from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable
from saasbackup_desktop.providers.files.pstcheck.forms import NARROW, WIDE, Form

HEADER_SIZE = 564
PAGE = 512
FIRST_SECTION = 0x4400
SECTION = 253_952
_ANSI = (14, 15)
_UNICODE = 23
_LARGE_PAGES = 36


def checksum(data: bytes) -> int:
    """Sum bytes up as [MS-PST] 5.3 does: the usual polynomial, begun and ended with zero."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signature(place: int, bid: int) -> int:
    """Tell the 16 bits that tie a block or page to where it lies ([MS-PST] 5.5)."""
    mixed = (place ^ bid) & 0xFFFFFFFF
    return (mixed >> 16 ^ mixed) & 0xFFFF


class Image:
    """A file that is read piece by piece."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb", buffering=0)
        self.size = path.stat().st_size

    def read(self, at: int, count: int) -> bytes:
        """Read bytes at a place; raises Unreadable if the file ends before."""
        if at < 0 or at + count > self.size:
            raise Unreadable("cut", f"file at {at:#x}", bytes=count)
        self._file.seek(at)
        data = self._file.read(count)
        while len(data) < count:
            more = self._file.read(count - len(data))
            if not more:
                raise Unreadable("cut", f"file at {at:#x}", bytes=count)
            data += more
        return data

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a page lies, and which one it is."""

    bid: int
    at: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says of the whole file."""

    client: bytes
    next_page: int
    next_block: int
    unique: int
    marks: Sequence[int]
    """The highest index in use of each of the 32 types of nodes."""
    end: int
    last_map: int
    free: int
    nodes: Ref
    blocks: Ref
    maps_valid: int
    free_runs: bytes
    """The longest free run of each of the first 128 sections, in slots."""
    method: int
    form: Form = WIDE

    @property
    def sections(self) -> int:
        """How many sections the file should have."""
        return (self.end - FIRST_SECTION) // SECTION


def read_header(image: Image, *, old: bool = False) -> Header:
    """Read the header; raises Unreadable for what is no Unicode data file with small pages, nor an ``old`` one."""
    if image.size < HEADER_SIZE:
        raise Unreadable("not-pst", "header", bytes=image.size)
    data = image.read(0, HEADER_SIZE)
    (version,) = struct.unpack_from("<H", data, 10)
    if data[:4] != b"!BDN" or data[8:10] not in (b"SM", b"SO"):
        raise Unreadable("not-pst", "header")
    if version in _ANSI and old:
        return _read_old_header(data)
    if version in _ANSI:
        raise Unreadable("not-unicode", "header", version=version)
    if version >= _LARGE_PAGES:
        raise Unreadable("large-pages", "header", version=version)
    if version < _UNICODE:
        raise Unreadable("header-version", "header", version=version)
    if data[513] not in (NONE, PERMUTE, CYCLIC):
        raise Unreadable("header-method", "header", method=data[513])
    end, last_map, free = struct.unpack_from("<QQQ", data, 184)
    return Header(
        client=data[8:10],
        next_page=struct.unpack_from("<Q", data, 32)[0],
        next_block=struct.unpack_from("<Q", data, 516)[0],
        unique=struct.unpack_from("<I", data, 40)[0],
        marks=struct.unpack_from("<32I", data, 44),
        end=end,
        last_map=last_map,
        free=free,
        nodes=Ref(*struct.unpack_from("<QQ", data, 216)),
        blocks=Ref(*struct.unpack_from("<QQ", data, 232)),
        maps_valid=data[248],
        free_runs=data[256:384],
        method=data[513],
    )


def _read_old_header(data: bytes) -> Header:
    """Read the header of a file that is not in Unicode."""
    if data[461] not in (NONE, PERMUTE, CYCLIC):
        raise Unreadable("header-method", "header", method=data[461])
    next_block, next_page, unique = struct.unpack_from("<III", data, 24)
    end, last_map, free = struct.unpack_from("<III", data, 168)
    return Header(
        client=data[8:10],
        next_page=next_page,
        next_block=next_block,
        unique=unique,
        marks=struct.unpack_from("<32I", data, 36),
        end=end,
        last_map=last_map,
        free=free,
        nodes=Ref(*struct.unpack_from("<II", data, 184)),
        blocks=Ref(*struct.unpack_from("<II", data, 192)),
        maps_valid=data[200],
        free_runs=data[204:332],
        method=data[461],
        form=NARROW,
    )


def check_header(image: Image, header: Header, tell: Tell) -> None:
    """Check what the header says against itself and the file's size."""
    data = image.read(0, HEADER_SIZE)
    partial, whole = struct.unpack_from("<I", data, 4)[0], struct.unpack_from("<I", data, 524)[0]
    if checksum(data[8:479]) != partial:
        tell("header-crc-partial", "header", expected=checksum(data[8:479]), found=partial)
    if checksum(data[8:524]) != whole:
        tell("header-crc-full", "header", expected=checksum(data[8:524]), found=whole)
    if header.client == b"SO":
        tell("offline-store", "header")
    elif struct.unpack_from("<H", data, 12)[0] != 19 or data[14:16] != b"\x01\x01":
        tell("header-constant", "header at 0xc", found=data[12:16].hex())
    if data[512] != 0x80:
        tell("header-constant", "header at 0x200", found=data[512])
    if any(data[384:512][place] != 0xFF for place in range(128)):
        tell("header-page-map", "header at 0x180")
    if header.end != image.size:
        tell("file-size", "header", expected=header.end, found=image.size)
    if header.end < FIRST_SECTION + SECTION or (header.end - FIRST_SECTION) % SECTION:
        tell("file-grid", "header", found=header.end)
    elif header.last_map != header.end - SECTION:
        tell("file-last-map", "header", expected=header.end - SECTION, found=header.last_map)
    if header.maps_valid not in (1, 2):
        tell("maps-invalid", "header", found=header.maps_valid)
