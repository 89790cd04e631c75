"""The structures of ZIP archives, ZIP64 and WinZip's AES among them (PKWARE's APPNOTE 6.3.10, WinZip's AE-2)."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

STORED: Final = 0
DEFLATED: Final = 8
MOST_16: Final = 0xFFFF
MOST_32: Final = 0xFFFFFFFF

_AES: Final = 99
_UTF8: Final = 1 << 11
_LOCKED: Final = 1
_UNIX: Final = 3 << 8
_PLAIN_FILE: Final = 0o100644 << 16
_FOLDER: Final = 0o040755 << 16 | 0x10
_ZIP64: Final = 0x0001
_TIME: Final = 0x5455
_LOCK: Final = 0x9901
_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END: Final = struct.Struct("<4sHHHHLLH")
_END_64: Final = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR: Final = struct.Struct("<4sLQL")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive, or a folder."""

    name: str
    """Path with ``/``; a folder's ends so."""
    modified: int | None
    """Seconds since 1970 UTC."""
    is_locked: bool
    crc: int = 0
    packed: int = 0
    """Bytes in the archive, a lock's salt and proof among them."""
    size: int = 0
    offset: int = 0
    """Where its local header begins."""

    @property
    def is_folder(self) -> bool:
        """It has no bytes."""
        return self.name.endswith("/")

    @property
    def method(self) -> int:
        """How its bytes are packed."""
        return STORED if self.is_folder else _AES if self.is_locked else DEFLATED


def local_header(member: Member, is_large: bool) -> bytes:
    """What comes before a file's bytes; as long for the same name, time and ``is_large``, whatever the sizes."""
    name = member.name.encode()
    extra = struct.pack("<HHQQ", _ZIP64, 16, member.size, member.packed) if is_large else b""
    extra += _more(member)
    return (
        _LOCAL.pack(
            b"PK\x03\x04",
            _version(member, is_large),
            _UTF8 | (_LOCKED if member.is_locked else 0),
            member.method,
            *_dos_time(member.modified),
            0 if member.is_locked else member.crc,
            MOST_32 if is_large else member.packed,
            MOST_32 if is_large else member.size,
            len(name),
            len(extra),
        )
        + name
        + extra
    )


def central_header(member: Member) -> bytes:
    """What the directory at the archive's end says of a file."""
    name = member.name.encode()
    sizes = (member.size, member.packed, member.offset)
    large = [value for value in sizes if value >= MOST_32]
    extra = struct.pack(f"<HH{len(large)}Q", _ZIP64, 8 * len(large), *large) if large else b""
    extra += _more(member)
    size, packed, offset = (min(value, MOST_32) for value in sizes)
    version = _version(member, bool(large))
    return (
        _CENTRAL.pack(
            b"PK\x01\x02",
            _UNIX | version,
            version,
            _UTF8 | (_LOCKED if member.is_locked else 0),
            member.method,
            *_dos_time(member.modified),
            0 if member.is_locked else member.crc,
            packed,
            size,
            len(name),
            len(extra),
            0,
            0,
            0,
            _FOLDER if member.is_folder else _PLAIN_FILE,
            offset,
        )
        + name
        + extra
    )


def directory_end(count: int, start: int, size: int, comment: bytes) -> bytes:
    """The end of an archive whose directory of ``count`` files lies at ``start`` and has ``size`` bytes."""
    end = b""
    if count >= MOST_16 or start >= MOST_32 or size >= MOST_32:
        end = _END_64.pack(b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, count, count, size, start)
        end += _LOCATOR.pack(b"PK\x06\x07", 0, start + size, 1)
    count, size, start = min(count, MOST_16), min(size, MOST_32), min(start, MOST_32)
    return end + _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, len(comment)) + comment


def _version(member: Member, is_large: bool) -> int:
    return 51 if member.is_locked else 45 if is_large else 20


def _more(member: Member) -> bytes:
    extra = b""
    if member.modified is not None and 0 <= member.modified < 1 << 31:
        extra += struct.pack("<HHBl", _TIME, 5, 1, member.modified)
    if member.is_locked:
        extra += struct.pack("<HHH2sBH", _LOCK, 7, 2, b"AE", 3, DEFLATED)
    return extra


def _dos_time(modified: int | None) -> tuple[int, int]:
    """UTC; what is before 1980 or after 2107 becomes the first or the last moment that there is."""
    try:
        moment = _EPOCH + timedelta(seconds=modified or 0)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC) if (modified or 0) > 0 else _EPOCH
    if moment.year < 1980:
        return 0, 1 << 5 | 1
    if moment.year > 2107:
        return 23 << 11 | 59 << 5 | 29, 127 << 9 | 12 << 5 | 31
    return (
        moment.hour << 11 | moment.minute << 5 | moment.second // 2,
        (moment.year - 1980) << 9 | moment.month << 5 | moment.day,
    )
