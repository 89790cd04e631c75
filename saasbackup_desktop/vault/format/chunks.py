"""Content-defined cutting of large stretches (FastCDC)."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pyfastcdc import FastCDC

WHOLE: Final = 1 << 20
"""Stretches up to this many bytes are one blob."""
_SMALLEST: Final = 256 << 10
_AVERAGE: Final = 1 << 20
_LARGEST: Final = 4 << 20


class Cutting:
    """Cuts one stretch, given piece by piece, at the same places however it is given."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._buffer = bytearray()
        self._cut = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece; give the chunks that are certain now."""
        self._buffer += piece
        while len(self._buffer) > _LARGEST:
            self._cut = True
            window = bytes(memoryview(self._buffer)[:_LARGEST])
            # A chunk that is found within the longest possible one cannot change with what follows.
            chunk = next(_lengths(self._seed, window))
            yield window[:chunk]
            del self._buffer[:chunk]

    def close(self) -> Iterator[bytes]:
        """Give what is left; nothing if nothing was given."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        if not self._cut and len(rest) <= WHOLE:
            if rest:
                yield rest
            return
        at = 0
        for length in _lengths(self._seed, rest):
            yield rest[at : at + length]
            at += length


def _lengths(seed: int, data: bytes) -> Iterator[int]:
    for chunk in _fastcdc(seed).cut_buf(data):
        yield chunk.length


@lru_cache(maxsize=8)
def _fastcdc(seed: int) -> FastCDC:
    return FastCDC(avg_size=_AVERAGE, min_size=_SMALLEST, max_size=_LARGEST, seed=seed)
