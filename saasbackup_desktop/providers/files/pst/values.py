"""Values of properties as bytes ([MS-PST] 2.3.3.4, [MS-OXCDATA] 2.11.1)."""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from saasbackup_desktop.providers.files.pst.model import Type

Raw = int | bytes
"""A value of up to four bytes as a number, any other as its bytes."""

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST_TIME = (1 << 63) - 1

SIZES: dict[int, int] = {Type.INTEGER16: 2, Type.INTEGER32: 4, Type.BOOLEAN: 1}


class Unfit(Exception):
    """An item that such a file cannot hold: ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text(value: str) -> bytes:
    """Encode a string: without end mark, and without characters that would be one."""
    if "\0" in value:
        value = value.replace("\0", "")
    return value.encode("utf-16-le", "replace")


def filetime(value: datetime) -> int:
    """Count hundreds of nanoseconds since 1601."""
    if value.tzinfo is None:
        raise Unfit("time-without-zone")
    count = (value - _EPOCH) // _MICROSECOND * 10
    if not 0 <= count <= _LONGEST_TIME:
        raise Unfit("time-out-of-range")
    return count


def _many(values: Sequence[bytes]) -> bytes:
    place = 4 + 4 * len(values)
    places = []
    for value in values:
        places.append(place)
        place += len(value)
    return struct.pack(f"<I{len(values)}I", len(values), *places) + b"".join(values)


_ENCODINGS: dict[Type, Callable[[Any], Raw]] = {
    Type.INTEGER16: lambda value: value & 0xFFFF,
    Type.INTEGER32: lambda value: value & 0xFFFFFFFF,
    Type.BOOLEAN: lambda value: 1 if value else 0,
    Type.FLOATING64: lambda value: struct.pack("<d", value),
    Type.INTEGER64: lambda value: struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF),
    Type.STRING: text,
    Type.TIME: lambda value: struct.pack("<Q", filetime(value)),
    Type.GUID: lambda value: value.bytes_le,
    Type.BINARY: bytes,
    Type.MANY_INTEGER32: lambda value: b"".join(struct.pack("<I", one & 0xFFFFFFFF) for one in value),
    Type.MANY_STRING: lambda value: _many([text(one) for one in value]),
    Type.MANY_BINARY: lambda value: _many([bytes(one) for one in value]),
}

_KINDS: dict[Type, type | tuple[type, ...]] = {
    Type.INTEGER16: int,
    Type.INTEGER32: int,
    Type.BOOLEAN: int,
    Type.FLOATING64: (int, float),
    Type.INTEGER64: int,
    Type.STRING: str,
    Type.TIME: datetime,
    Type.GUID: UUID,
    Type.BINARY: (bytes, bytearray, memoryview),
    Type.MANY_INTEGER32: (tuple, list),
    Type.MANY_STRING: (tuple, list),
    Type.MANY_BINARY: (tuple, list),
}


def encode(kind: Type, value: object) -> Raw:
    """Encode a value of a type.

    Raises Unfit.
    """
    kinds = _KINDS.get(kind)
    if kinds is None or not isinstance(value, kinds):
        raise Unfit("value-of-another-type")
    try:
        return _ENCODINGS[kind](value)
    except (TypeError, AttributeError, struct.error) as error:
        raise Unfit("value-of-another-type") from error
