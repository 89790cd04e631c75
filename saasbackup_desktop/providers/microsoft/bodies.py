"""Bytes on their way to Graph: whole, or in pieces."""

from collections.abc import AsyncIterator
from typing import Final

_PIECE: Final = 1 << 20


async def whole(data: bytes | AsyncIterator[bytes]) -> bytes:
    """All bytes at once. Raises BodyDamaged."""
    return data if isinstance(data, bytes) else b"".join([piece async for piece in data])


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    """The bytes, a piece at a time."""
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]
