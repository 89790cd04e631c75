"""What a writer gets to fill a file of which nothing is done before it is clear whether it is small."""

from collections.abc import Callable
from typing import Final

from saasbackup_desktop.providers.files.shelves.written import Written

SMALL: Final = 4 << 20
"""Bytes of a file up to which it is held in memory, to be packed beside others."""


class Gathered(Written):
    """Holds small files back; passes large ones on from the moment that it knows."""

    def __init__(self, begin: Callable[[], Written]) -> None:
        """``begin`` says where a large one goes."""
        super().__init__(lambda _: None)
        self.pieces: list[bytes] = []
        self._begin = begin
        self._out: Written | None = None

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take all of it."""
        self.size += len(data)
        if self._out is not None:
            return self._out.write(data)
        self.pieces.append(bytes(data))
        if self.size > SMALL:
            self._out = self._begin()
            self._out.writelines(self.pieces)
            self.pieces.clear()
        return len(data)
