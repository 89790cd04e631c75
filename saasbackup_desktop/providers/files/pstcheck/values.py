"""What bytes of properties mean ([MS-OXCDATA] 2.11.1 and [MS-PST] 2.3.3.4)."""

import itertools
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from saasbackup_desktop.providers.files.pstcheck.findings import Unreadable

INTEGER16, INTEGER32, FLOAT32, FLOAT64, MONEY, APP_TIME, ERROR, BOOLEAN, OBJECT = 2, 3, 4, 5, 6, 7, 0xA, 0xB, 0xD
INTEGER64, STRING8, STRING, TIME, GUID, SERVER_ID, RESTRICTION, ACTIONS, BINARY = (
    0x14,
    0x1E,
    0x1F,
    0x40,
    0x48,
    0xFB,
    0xFD,
    0xFE,
    0x102,
)
MANY = 0x1000

WIDTHS: Mapping[int, int] = {
    INTEGER16: 2,
    INTEGER32: 4,
    FLOAT32: 4,
    FLOAT64: 8,
    MONEY: 8,
    APP_TIME: 8,
    ERROR: 4,
    BOOLEAN: 1,
    INTEGER64: 8,
    TIME: 8,
    GUID: 16,
}
"""Bytes of types whose values are all of one size."""
VARIABLE = frozenset({OBJECT, STRING8, STRING, SERVER_ID, RESTRICTION, ACTIONS, BINARY})
_MANY_OF = frozenset({*WIDTHS, STRING8, STRING, BINARY}) - {ERROR, BOOLEAN}
KNOWN = frozenset({*WIDTHS, *VARIABLE, *(MANY | type_ for type_ in _MANY_OF)})
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Value = bool | int | float | str | bytes | datetime | UUID | list[int] | list[float] | list[str] | list[bytes] | None


@dataclass(frozen=True, slots=True)
class Contained:
    """The value of an object property: which node within holds it, and how large that is said to be."""

    nid: int
    size: int


def is_inline(type_: int) -> bool:
    """Tell whether a property's value stands in its record."""
    return 0 < WIDTHS.get(type_, 0) <= 4


def many(data: bytes, place: str) -> list[bytes]:
    """Part values of different sizes ([MS-PST] 2.3.3.4.2); raises Unreadable."""
    if not data:
        return []
    if len(data) < 4:
        raise Unreadable("value-many", place, size=len(data))
    (count,) = struct.unpack_from("<I", data)
    if 4 + 4 * count > len(data):
        raise Unreadable("value-many", place, count=count)
    bounds = (*struct.unpack_from(f"<{count}I", data, 4), len(data))
    if bounds[0] != 4 + 4 * count or any(high < low for low, high in itertools.pairwise(bounds)):
        raise Unreadable("value-many", place, count=count)
    return [data[low:high] for low, high in itertools.pairwise(bounds)]


def time(ticks: int) -> datetime | None:
    """Make a time of 100 ns since 1601; nothing if it is beyond what Python knows."""
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None


def text(data: bytes) -> str:
    """Make a text of UTF-16; halves of pairs become question marks."""
    return data.decode("utf-16-le", "replace")


def _old_text(data: bytes) -> str:
    return data.decode("cp1252", "replace")


_ONE: Mapping[int, Callable[[bytes], Value]] = {
    INTEGER16: lambda data: struct.unpack_from("<h", data)[0],
    INTEGER32: lambda data: struct.unpack_from("<i", data)[0],
    FLOAT32: lambda data: struct.unpack_from("<f", data)[0],
    FLOAT64: lambda data: struct.unpack_from("<d", data)[0],
    MONEY: lambda data: struct.unpack_from("<q", data)[0],
    APP_TIME: lambda data: struct.unpack_from("<d", data)[0],
    ERROR: lambda data: struct.unpack_from("<I", data)[0],
    BOOLEAN: lambda data: bool(data[0]),
    INTEGER64: lambda data: struct.unpack_from("<q", data)[0],
    STRING8: _old_text,
    STRING: text,
    TIME: lambda data: time(struct.unpack_from("<Q", data)[0]),
    GUID: lambda data: UUID(bytes_le=data[:16]),
}


def decode(type_: int, data: bytes, place: str) -> Value:
    """Make a value of its bytes; raises Unreadable for too few."""
    one = _ONE.get(type_ & ~MANY)
    width = WIDTHS.get(type_ & ~MANY, 0)
    if type_ & MANY:
        pieces = [data[at : at + width] for at in range(0, len(data), width)] if width else many(data, place)
        if width and len(data) % width:
            raise Unreadable("value-size", place, size=len(data))
        return [one(piece) if one else piece for piece in pieces]  # type: ignore[return-value]
    if len(data) < width:
        raise Unreadable("value-size", place, size=len(data))
    return one(data) if one else data


def flaw(type_: int, data: bytes) -> str | None:
    """Tell the code of what is wrong with the form of a value that lies outside its record, if anything is."""
    single = type_ & ~MANY
    width = WIDTHS.get(single)
    if type_ & MANY:
        return _flaw_of_many(single, width, data)
    if type_ == STRING:
        return "value-text" if len(data) % 2 or data[-2:] == b"\0\0" else None
    wanted = 8 if type_ == OBJECT else width
    return "value-size" if wanted is not None and len(data) != wanted else None


def _flaw_of_many(single: int, width: int | None, data: bytes) -> str | None:
    if width:
        return "value-size" if len(data) % width else None
    try:
        pieces = many(data, "")
    except Unreadable as unreadable:
        return unreadable.code
    return "value-text" if single == STRING and any(len(piece) % 2 for piece in pieces) else None
